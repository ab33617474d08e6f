# A throwaway PostgreSQL for tests and benchmark; sourced by ./dev and scripts/test.sh.

# start_postgres [SETTING=VALUE …]: starts a server on a free loopback port, sets POSTGRES_URL to it
# and ends it with the calling shell.
start_postgres() {
  local bin port setting settings=()
  bin=$(postgres_bin)
  POSTGRES_DIR=$(mktemp -d /tmp/shopdesk-postgres.XXXXXX)
  # PostgreSQL refuses to run as root.
  local as=()
  if [[ $EUID -eq 0 ]]; then
    as=(setpriv --reuid=postgres --regid=postgres --init-groups)
    chown postgres: "$POSTGRES_DIR"
  fi
  trap stop_postgres EXIT
  (cd "$POSTGRES_DIR" && "${as[@]}" "$bin/initdb" --pgdata=data --username=shopdesk --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync) >"$POSTGRES_DIR/initdb.log" ||
    die "initdb failed: $(tail -n 3 "$POSTGRES_DIR/initdb.log")"

  port=$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  for setting in "$@"; do settings+=(-c "$setting"); done
  # The parent's death ends the server too, should the trap never run.
  (cd "$POSTGRES_DIR" && exec setpriv --pdeathsig INT "${as[@]:1}" "$bin/postgres" -D data -p "$port" \
    -c listen_addresses=127.0.0.1 -c "unix_socket_directories=$POSTGRES_DIR" \
    -c max_connections=300 "${settings[@]}") >"$POSTGRES_DIR/postgres.log" 2>&1 9>&- &
  POSTGRES_PID=$!
  POSTGRES_URL=postgres://shopdesk@127.0.0.1:$port/postgres

  local attempt
  for attempt in {1..100}; do
    ! "$bin/pg_isready" --quiet --host=127.0.0.1 --port="$port" || return 0
    kill -0 "$POSTGRES_PID" 2>/dev/null || break
    sleep 0.1
  done
  die "PostgreSQL did not start: $(tail -n 3 "$POSTGRES_DIR/postgres.log")"
}

stop_postgres() {
  if [[ -n ${POSTGRES_PID:-} ]]; then
    # INT is PostgreSQL's fast shutdown: it does not wait for clients.
    kill -INT "$POSTGRES_PID" 2>/dev/null || true
    wait "$POSTGRES_PID" 2>/dev/null || true
  fi
  rm -rf "$POSTGRES_DIR"
}
