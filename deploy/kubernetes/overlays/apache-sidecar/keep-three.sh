#!/bin/sh
# rotatelogs runs this after each rotation, with the new file as $1. It deletes all but the newest three files, and empties
# them first, because a deleted file that is still open keeps its space.
set -eu
directory=$(dirname "$1")
name=$(basename "$1")
ls -1t "$directory" | grep -E "^${name%.*}\.[0-9]+$" | tail -n +4 | while read -r old; do
    : > "$directory/$old"
    rm -f "$directory/$old"
done
