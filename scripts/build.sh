# Building; sourced by ./dev and the scripts beside this file.
#
# Dependencies are compiled once for each purpose and no more:
#   wasm-release  each front end, in its own target folder (the two differ in Leptos' features)
#   dev           everything native that is tested, always with the same -p set, NATIVE, because
#                 cargo unifies features over the packages named: another set, another tree
#   release       the server; the benchmark, which adds no dependency of its own
# The front ends are always built in release, also for the tests: what is tested is what ships.

# Used by the lint and test scripts too. `app` comes with its server half: `server` asks for it.
NATIVE=(-p domain -p backend -p app -p server -p bench)

# What wasm-opt may assume of a browser, and how it makes the file small in transfer: its inlining
# and common-subexpression passes make the file smaller and its brotli form larger.
WASM_OPT=(-Os --converge --skip-pass=inlining-optimizing --skip-pass=local-cse --reorder-functions-by-name
  --enable-bulk-memory --enable-nontrapping-float-to-int --enable-reference-types
  --enable-multivalue --enable-sign-ext --enable-mutable-globals)
# Browsers of the last three years. Newer CSS (nesting) is written in terms of theirs.
BROWSERS=chrome111,edge111,firefox114,safari16.4

# front_settings PROJECT: the same as in Cargo.toml, where `cargo leptos watch` reads them; a test
# holds the two ways against each other.
front_settings() {
  case $1 in
    app)
      FRONT_NAME=shopdesk FRONT_DIR=pkg FRONT_STYLE=style/main.css FRONT_ASSETS=public
      FRONT_TARGET=$CARGO_TARGET_DIR/front FRONT_FEATURES=(--no-default-features --features hydrate)
      # The server's half is built alike (.cargo/config.toml), or its pages would not fit.
      # Splitting moves functions by what the linker says of them.
      FRONT_FLAGS="--cfg erase_components -Clink-args=--emit-relocs" FRONT_SPLIT=1
      ;;
    widget)
      FRONT_NAME=shopdesk-widget FRONT_DIR=widget FRONT_STYLE=style/widget.css FRONT_ASSETS=
      FRONT_TARGET=$CARGO_TARGET_DIR/front-widget FRONT_FEATURES=(--no-default-features)
      # Erased types make this one larger.
      FRONT_FLAGS= FRONT_SPLIT=
      ;;
    *) die "there is no front end \"$1\"" ;;
  esac
}

# build_front PROJECT: builds one front end into dist/PROJECT, unless nothing it is made of has
# changed since: new files in dist/ make the release server compile again.
build_front() {
  local project=$1 stamp=dist/$1.stamp
  if [[ -f $stamp && $(<"$stamp") == "$(front_sum "$project")" && -z $(find Cargo.toml Cargo.lock \
    scripts/build.sh scripts/setup.sh scripts/wasm_split.patch scripts/compress.mjs rust-toolchain.toml crates/domain "$project" widget/src/json.rs style public -newer "$stamp" -print -quit) ]]; then
    return 0
  fi
  say "building the front end \"$project\" …"
  local begun=dist/$project.begun
  mkdir -p dist
  touch "$begun"
  # In a subshell with its own -e, outside any condition, where bash would ignore it.
  local status
  set +e
  (set -e; make_front "$project")
  status=$?
  set -e
  [[ $status -eq 0 ]] || die "could not build the front end \"$project\""
  front_sum "$project" >"$stamp"
  # What was saved during the build is newer than its begin: next time it is built again.
  touch --reference="$begun" "$stamp"
  rm "$begun"
}

# Tells a finished build from what `cargo leptos watch` leaves in the same folder.
front_sum() { find "dist/$1" -type f -print0 | sort -z | xargs -0r cksum | cksum; }

# make_front PROJECT: cargo, wasm-split, wasm-bindgen, wasm-opt, esbuild, and the compressed forms.
# The whole folder is put in place at the end.
make_front() {
  local project=$1 new=dist/$1.new
  local FRONT_NAME FRONT_DIR FRONT_STYLE FRONT_ASSETS FRONT_TARGET FRONT_FEATURES FRONT_FLAGS FRONT_SPLIT
  front_settings "$project"
  local out=$new/$FRONT_DIR work=$new/work
  rm -rf "$new"
  mkdir -p "$out" "$work"

  RUSTFLAGS="$FRONT_FLAGS $(plain_paths)" CARGO_TARGET_DIR=$FRONT_TARGET cargo build --locked \
    --profile wasm-release -p "$project" --lib "${FRONT_FEATURES[@]}" --target wasm32-unknown-unknown
  local wasm=$FRONT_TARGET/wasm32-unknown-unknown/wasm-release/$project.wasm bind=() file
  if [[ -n $FRONT_SPLIT ]]; then
    # The first file goes on to wasm-bindgen; the areas' files reach what they need through it.
    wasm-split-cli "$wasm" "$work" --out-name "$FRONT_NAME"
    mv "$work/$FRONT_NAME.wasm" "$work/first"
    mv "$work/__wasm_split_manifest.json" "$out/"
    wasm=$work/first bind=(--keep-lld-exports --no-demangle)
  fi
  wasm-bindgen --target web --no-typescript "${bind[@]}" --out-dir "$work" --out-name "$FRONT_NAME" "$wasm"
  mv "$work/${FRONT_NAME}_bg.wasm" "$work/$FRONT_NAME.wasm"
  for file in "$work"/*.wasm; do
    # It drops all names, but says first of some that it doesn't know them.
    wasm-opt "${WASM_OPT[@]}" "$file" -o "$out/$(basename "$file")" \
      2> >(grep --invert-match 'unknown name subsection' >&2)
  done
  # With what loads the areas. wasm-bindgen names that once for each of them.
  esbuild --log-level=warning --log-override:duplicate-object-key=silent --minify --bundle --format=esm \
    --target="$BROWSERS" "$work/$FRONT_NAME.js" --outfile="$out/$FRONT_NAME.js"
  esbuild --log-level=warning --minify --bundle --target="$BROWSERS" '--external:/fonts/*' \
    "$FRONT_STYLE" --outfile="$out/$FRONT_NAME.css"
  rm -r "$work"
  [[ -z $FRONT_ASSETS ]] || cp -r "$FRONT_ASSETS/." "$new/"
  if [[ $project == widget ]]; then
    esbuild --log-level=warning --minify --target="$BROWSERS" widget/loader/loader.js --outfile="$new/loader.js"
  fi
  node scripts/compress.mjs "$new" "$FRONT_DIR"
  rm -rf "dist/$project"
  mv "$new" "dist/$project"
}

# Panics name their source file: by crate and not by this machine's folders. Those of the workspace
# are named from its root, wherever that is.
plain_paths() {
  local folder
  for folder in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/; do
    [[ ! -d $folder ]] || printf -- '--remap-path-prefix=%s=/ ' "${folder%/}"
  done
}

build_fronts() {
  build_front widget
  build_front app
}

# The executable embeds dist/, so the front ends come first. It is linked into the clone: the
# target folder in the cache may be shared by several clones.
build_release() {
  lock build
  build_fronts
  cargo build --release -p server --bin shopdesk || die "could not build the server"
  place "$CARGO_TARGET_DIR/release/shopdesk" target/release
  unlock
}

# The benchmark stands beside the executable that it measures.
build_bench() {
  lock build
  build_fronts
  cargo build --release -p server -p bench --bin shopdesk --bin shopdesk-bench ||
    die "could not build the benchmark"
  place "$CARGO_TARGET_DIR/release/shopdesk" target/release
  place "$CARGO_TARGET_DIR/release/shopdesk-bench" target/release
  unlock
}

# place FILE FOLDER: a hard link where that can be, else a copy.
place() {
  mkdir -p "$2"
  [[ $1 -ef $2/$(basename "$1") ]] || ln -f "$1" "$2/" 2>/dev/null || cp -f "$1" "$2/"
}
