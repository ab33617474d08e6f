#!/usr/bin/env bash
# ./dev eval [what …] [-- args]: the shipped engines on the labelled cases in evals/; each prints
# one JSON object.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

source scripts/env.sh
use_model

what=()
while [[ $# -gt 0 && $1 != -- ]]; do
  what+=("$1")
  shift
done
[[ $# -eq 0 ]] || shift
if [[ ${#what[@]} -eq 0 ]]; then
  what=(wismo faq)
  [[ ! -f evals/sentiment.csv ]] || what+=(sentiment)
fi

for name in "${what[@]}"; do
  case $name in
    wismo | sentiment) files=("evals/$name.csv") ;;
    faq) files=(evals/faq.json evals/faq_queries.csv) ;;
    *) die_usage "nothing to evaluate called \"$name\": wismo, faq or sentiment" ;;
  esac
  target/release/shopdesk eval "$name" "${files[@]}" "$@"
done
