#!/bin/sh
# check-release.sh TAG prints the section of CHANGELOG.md for the version of package.json: the notes of the release. It
# fails if the tag is another version, if there is no such section, or if lines are left under Unreleased. The workflows
# run it before they publish.
set -eu
tag=$1
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)

refuse() {
    echo "$1" >&2
    exit 1
}
section() {
    awk -v name="$1" '/^## / { inside = $2 == name; next } inside' CHANGELOG.md
}

[ "$tag" = "v$version" ] || refuse "the tag is $tag, and package.json has $version"
[ -z "$(section Unreleased)" ] || refuse "CHANGELOG.md has lines under Unreleased; move them under $version"
[ -n "$(section "$version")" ] || refuse "CHANGELOG.md has no section for $version"
section "$version"
