#!/bin/sh
# rotatelogs runs this after each rotation, with the new file as $1: all but the newest three of them go. They are
# emptied first, since a file that somebody still has open keeps its space.
set -eu
directory=$(dirname "$1")
name=$(basename "$1")
ls -1t "$directory" | grep -E "^${name%.*}\.[0-9]+$" | tail -n +4 | while read -r old; do
    : > "$directory/$old"
    rm -f "$directory/$old"
done
