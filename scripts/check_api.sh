# Schemathesis against the REST interface for developers; sourced by scripts/test.sh. It makes
# requests of every operation from the OpenAPI document, good ones and bad ones, and holds each answer
# against it: no 5xx, no status, header or body that isn't documented.

# check_api EXECUTABLE: with a demo shop of its own, without limits, on a port of its own.
check_api() {
  local data server url='' status=0 tries
  data=$(mktemp -d)
  SHOPDESK_ACCESS_LOG=off "$1" serve --demo --no-rate-limits --addr 127.0.0.1:0 \
    --private-hosts 127.0.0.1 --data-dir "$data/data" >"$data/out" 2>"$data/log" &
  server=$!
  for ((tries = 0; tries < 600; tries++)); do
    url=$(sed -n 's|^  Dashboard *\(http://[^/]*\)/.*|\1|p' "$data/out")
    [[ -z $url ]] && kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  if [[ -n $url ]]; then
    schemathesis_at "$url" || status=$?
  else
    say "the server did not start:"
    status=1
  fi
  kill "$server" 2>/dev/null || true
  wait "$server" || true
  # A panic is answered with a 500, which fails the run; the log says where.
  [[ $status -eq 0 ]] || cat "$data/log"
  rm -rf "$data"
  return "$status"
}

schemathesis_at() {
  local ids
  ids=$("$API_VENV_DIR/bin/python" scripts/demo_rows.py "$1") || return 1
  # Ids have no spaces.
  # shellcheck disable=SC2086
  env $ids "$API_VENV_DIR/bin/schemathesis" --config-file scripts/schemathesis.toml run \
    "$1/api/v1/openapi.json" --header 'Authorization: Bearer demo-api-key'
}
