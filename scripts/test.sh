#!/usr/bin/env bash
# ./dev test: every check, in stages. Stops at the first stage that fails; the runners' own
# summaries come last.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

source scripts/env.sh
source scripts/setup.sh
source scripts/build.sh
source scripts/lint.sh
source scripts/postgres.sh
source scripts/check_api.sh

STAGES=(structure format clippy fronts rust postgres api widget sizes browser)
# Only when it is named: it builds everything once more, for development.
MORE_STAGES=(watch)
declare -A TITLES=(
  [structure]="Structure: dependencies, SQL, lock files, scripts"
  [format]="Formatting"
  [clippy]="Clippy"
  [fronts]="Front ends, as shipped"
  [rust]="Rust tests on SQLite"
  [postgres]="Rust tests on PostgreSQL"
  [api]="REST API against its document (Schemathesis)"
  [widget]="Widget's own tests"
  [sizes]="Sizes of the front ends"
  [browser]="Browser tests"
  [watch]="./dev watch: a saved change reaches the page (not part of the whole; takes minutes)"
)

# limited MINUTES COMMAND …: a test that hangs must fail and be named, not use up all the time there is.
limited() {
  local minutes=$1 status=0
  shift
  timeout --kill-after=30s "${minutes}m" "$@" || status=$?
  [[ $status -ne 124 ]] || say "stopped after $minutes minutes; the test that hung has no result above"
  return "$status"
}

stage_structure() { lint_structure; }
stage_format() { lint_format; }
stage_clippy() { lint_clippy; }
stage_fronts() { build_fronts; }
stage_rust() { limited 50 cargo test --locked --no-fail-fast "${NATIVE[@]}"; }

# The tests make a database each on this server. The same packages as on SQLite, so that nothing is
# compiled again; the documentation's examples know no database. No fsync: these databases outlive no
# power failure.
stage_postgres() {
  start_postgres fsync=off
  export SHOPDESK_TEST_DATABASE_URL=$POSTGRES_URL
  limited 20 cargo test --locked --no-fail-fast "${NATIVE[@]}" --tests
}

stage_api() {
  cargo test --locked "${NATIVE[@]}" --no-run --quiet
  place "$CARGO_TARGET_DIR/debug/shopdesk" target/debug
  check_api target/debug/shopdesk
}

# The parts that know no browser, on this machine. By itself: Leptos for the browser and Leptos for
# the server must not be unified.
stage_widget() { cargo test --locked --no-fail-fast -p widget --lib; }

stage_sizes() { node scripts/check_sizes.mjs; }

# `cargo test` leaves the executable that its own tests start, in the dev profile; it reads the
# front ends from dist/. Linked away, so that another clone's build cannot change it meanwhile.
stage_browser() {
  cargo test --locked "${NATIVE[@]}" --no-run --quiet
  place "$CARGO_TARGET_DIR/debug/shopdesk" target/debug
  unlock
  cd end2end
  export SHOPDESK_BIN=$PWD/../target/debug/shopdesk
  limited 20 npx playwright test
}

stage_watch() {
  build_fronts
  unlock
  setup_watch
  cd end2end
  limited 40 npx playwright test -c watch.config.ts
}

usage() {
  local name
  say "usage: ./dev test [stage …]"
  for name in "${STAGES[@]}" "${MORE_STAGES[@]}"; do
    printf '  %-10s %s\n' "$name" "${TITLES[$name]}"
  done
}

# run_stage NAME: its output goes to the terminal and to a log. In a subshell with its own -e,
# outside any condition, where bash would ignore -e.
run_stage() {
  local name=$1 started=$SECONDS status
  printf '\n== %s\n' "${TITLES[$name]}"
  set +e
  (set -e; "stage_$name") 2>&1 | tee "$LOGS/$name.log"
  status=${PIPESTATUS[0]}
  set -e
  TIMES+=("$(printf '%-10s %4d s' "$name" $((SECONDS - started)))")
  if [[ $status -ne 0 ]]; then
    summary
    say ""
    die "FAILED in stage \"$name\" (${TITLES[$name]}); its output is above"
  fi
}

# Times first, then what the runners themselves said, the browser tests' word last.
summary() {
  local name
  printf '\n== Summary\n'
  printf '%s\n' "${TIMES[@]}"
  for name in sizes rust postgres api widget browser watch; do
    [[ -f $LOGS/$name.log ]] || continue
    printf '\n-- %s\n' "${TITLES[$name]}"
    case $name in
      sizes) cat "$LOGS/$name.log" ;;
      api) sed -n '/SUMMARY/,$p' "$LOGS/$name.log" ;;
      browser | watch) grep -E '^ +[0-9]+ (passed|failed|flaky|skipped|interrupted|did not run)|^Error' "$LOGS/$name.log" || true ;;
      *) grep -E '^( +Running| +Doc-tests|test result:)' "$LOGS/$name.log" || true ;;
    esac
  done
}

for name in "$@"; do
  [[ $name != help ]] || { usage; exit 0; }
  [[ -n ${TITLES[$name]:-} ]] || { usage >&2; die_usage "no such stage: \"$name\""; }
done
[[ $# -gt 0 ]] || set -- "${STAGES[@]}"

# The suites decide themselves what they talk to.
unset DATABASE_URL REDIS_URL SMTP_URL OPENAI_API_KEY OPENAI_BASE_URL OPENAI_MODEL
LOGS=$(mktemp -d)
trap 'rm -rf "$LOGS"' EXIT
TIMES=()

started=$SECONDS
setup_all
TIMES+=("$(printf '%-10s %4d s' setup $((SECONDS - started)))")
lock build
for name in "$@"; do
  run_stage "$name"
done
summary
