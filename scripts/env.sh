# Where things are, sourced by ./dev and the scripts beside this file. Everything that is
# installed or built goes into one cache folder, so a clone stays small and a second clone is quick.

SHOPDESK_CACHE=${SHOPDESK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/shopdesk}
TOOLS_DIR=$SHOPDESK_CACHE/tools
NPM_DIR=$SHOPDESK_CACHE/npm
VENV_DIR=$SHOPDESK_CACHE/venv
API_VENV_DIR=$SHOPDESK_CACHE/api-venv
ONNXRUNTIME_DIR=$SHOPDESK_CACHE/onnxruntime
MODEL_DIR=$SHOPDESK_CACHE/models/all-MiniLM-L6-v2
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$SHOPDESK_CACHE/target}

# rustup's own folder comes last: it serves a shell that was opened before rustup was installed.
export PATH="$TOOLS_DIR/bin:$NPM_DIR/node_modules/.bin:$PATH:${CARGO_HOME:-$HOME/.cargo}/bin"

say() { printf '%s\n' "$*"; }
die() {
  printf 'dev: %s\n' "$*" >&2
  exit 1
}
die_usage() {
  printf 'dev: %s\n' "$*" >&2
  exit 2
}

# Exports what lets the executable find the embedding model, when set-up could install it.
use_model() {
  [[ -f $MODEL_DIR/model.onnx && -e $ONNXRUNTIME_DIR/libonnxruntime.so ]] || return 0
  export ORT_DYLIB_PATH=${ORT_DYLIB_PATH:-$ONNXRUNTIME_DIR/libonnxruntime.so}
  export EMBEDDING_MODEL_DIR=${EMBEDDING_MODEL_DIR:-$MODEL_DIR}
}

# What is empty in the environment counts as unset, as everywhere. Reads .env as `docker --env-file` does: NAME=value, taken literally, never run as shell.
load_dotenv() {
  [[ -f .env ]] || return 0
  local line
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ $line =~ ^([A-Z][A-Z0-9_]*)=(.*)$ && -z ${!BASH_REMATCH[1]:+set} ]]; then
      export "$line"
    fi
  done <.env
}

# Holds the named lock until the calling shell ends or unlocks it: two runs must not install, or
# build, over each other.
lock() {
  mkdir -p "$SHOPDESK_CACHE"
  exec 9>"$SHOPDESK_CACHE/$1.lock"
  if ! flock --nonblock 9; then
    say "waiting for another ./dev to finish its $1 …"
    flock 9
  fi
}
unlock() {
  flock --unlock 9
  exec 9>&-
}
