# Everything that is judged without running it; sourced by ./dev and scripts/test.sh.

lint_structure() {
  "$PYTHON" scripts/test_import_loops.py
  "$PYTHON" scripts/check_structure.py
  "$PYTHON" scripts/check_tenancy.py
  # Other files than the members' manifests are no packages.
  "$TOOLS_DIR/bin/cargo-machete" crates app server bench widget
  local script
  for script in dev .ci/run scripts/*.sh; do
    bash -n "$script"
  done
}

lint_format() { cargo fmt --all --check; }

# One run for each set of features that ships. Never --workspace --all-features: Leptos' ssr,
# hydrate and csr exclude each other.
lint_clippy() {
  cargo clippy --locked "${NATIVE[@]}" --all-targets -- -D warnings
  cargo clippy --locked -p app --no-default-features --features hydrate --lib --target wasm32-unknown-unknown -- -D warnings
  cargo clippy --locked -p widget --lib --target wasm32-unknown-unknown -- -D warnings
}
