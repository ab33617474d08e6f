# Building; sourced by ./dev and the scripts beside this file.
#
# Dependencies are compiled once for each purpose and no more:
#   wasm-release  each front end, in its own target folder (the two differ in Leptos' features)
#   dev           everything native that is tested, always with the same -p set, NATIVE, because
#                 cargo unifies features over the packages named: another set, another tree
#   release       the server; the benchmark, which adds no dependency of its own
# That is why the front ends are always built with --frontend-only and in release, also for the
# tests, and the server always by plain cargo: `cargo leptos build` would add its own server build.

# Used by the lint and test scripts too. `app` comes with its server half: `server` asks for it.
NATIVE=(-p domain -p backend -p app -p server -p bench)

# build_front PROJECT: builds one front end into dist/PROJECT, unless nothing it is made of has
# changed since. cargo-leptos would run wasm-bindgen and wasm-opt again, and new files in dist/ make
# the release server compile again.
build_front() {
  local project=$1 stamp=dist/$1.stamp
  if [[ -f $stamp && $(<"$stamp") == "$(front_sum "$project")" && -z $(find Cargo.toml Cargo.lock \
    crates/domain "$project" style public -newer "$stamp" -print -quit) ]]; then
    return 0
  fi
  say "building the front end \"$project\" …"
  local begun=dist/$project.begun
  mkdir -p dist
  touch "$begun"
  cargo leptos build --release --project "$project" --frontend-only ||
    die "could not build the front end \"$project\""
  front_sum "$project" >"$stamp"
  # What was saved during the build is newer than its begin: next time it is built again.
  touch --reference="$begun" "$stamp"
  rm "$begun"
}

# Tells a release build from what `cargo leptos watch` leaves in the same folder.
front_sum() { find "dist/$1" -type f -print0 | sort -z | xargs -0r cksum | cksum; }

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
