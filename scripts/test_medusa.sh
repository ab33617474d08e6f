#!/usr/bin/env bash
# ./dev test-medusa: the journeys of a connected shop against a real Medusa, which is set up
# and seeded at the first run (npm, PostgreSQL; minutes), and ended afterwards.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

source scripts/env.sh
source scripts/setup.sh
source scripts/build.sh

RUNNER=$(readlink -m "${MEDUSA_RUNNER:-../shared/medusa}")
[[ -x $RUNNER/run.sh || -f $RUNNER/run.sh ]] ||
  die "there is no $RUNNER/run.sh that starts a seeded Medusa; MEDUSA_RUNNER names its folder"
# Root's PostgreSQL runs as another user, who can't enter root's own folders.
[[ $EUID -eq 0 ]] && medusa_dir=/var/cache/shopdesk/medusa || medusa_dir=$SHOPDESK_CACHE/medusa
export MEDUSA_DIR=${MEDUSA_DIR:-$medusa_dir} MEDUSA_PORT=${MEDUSA_PORT:-9100}

! curl -fs "http://127.0.0.1:$MEDUSA_PORT/health" >/dev/null ||
  die "something answers at port $MEDUSA_PORT already: end it, or choose another port with MEDUSA_PORT"
setup_all
say "starting Medusa in $MEDUSA_DIR …"
trap 'bash "$RUNNER/stop.sh" >/dev/null' EXIT
bash "$RUNNER/run.sh"
lock build
# One of the tests ends the server and starts it again.
export SHOPDESK_MEDUSA_DIR=$MEDUSA_DIR SHOPDESK_MEDUSA_RUNNER=$RUNNER
cargo test --locked "${NATIVE[@]}" --features server/real-medusa --test door -- --test-threads=1 real_medusa
