#!/bin/sh
# write-result.sh FOLDER STATUS SUMMARY [DELIVERABLE ...] < ANSWER
# Writes FOLDER/result.md as an Agrenting task wants it. Deliverables are named as they lie in FOLDER, and have to be there.
set -eu
[ "$#" -ge 3 ] || { echo "usage: write-result.sh FOLDER STATUS SUMMARY [DELIVERABLE ...] < ANSWER" >&2; exit 2; }
folder=${1%/} status=$2 summary=$3
shift 3
case $status in
  SUCCESS | SUCCESS_WITH_NOTES | REVISION_NEEDED | BLOCKED | INTERRUPTED) ;;
  *) echo "write-result.sh: status must be one of: SUCCESS, SUCCESS_WITH_NOTES, REVISION_NEEDED, BLOCKED, INTERRUPTED" >&2; exit 2 ;;
esac
for deliverable; do
  [ -e "$folder/$deliverable" ] || { echo "write-result.sh: there is no $folder/$deliverable" >&2; exit 1; }
done
{
  echo "STATUS: $status"
  printf 'SUMMARY: %s\n' "$(printf %s "$summary" | tr '\n' ' ')"
  [ "$#" -eq 0 ] || echo "DELIVERABLES:"
  for deliverable; do echo "- $folder/$deliverable"; done
  echo
  cat
} > "$folder/result.md.part"
# Whole or not at all: somebody may be reading it.
mv "$folder/result.md.part" "$folder/result.md"
