# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# The Debian packages: built twice in different places with the same result,
# looked over by lintian, and installed, used and removed in an empty system of
# its own; sourced by tools/check.  Nothing is installed in this system.

packaging_packages="build-essential debhelper debootstrap dpkg-dev lintian
	xz-utils $test_packages"
made=$build/packages
empty=$made/root

# build_packages_in DIR ARGUMENT...: from the release and debian/, with
# dpkg-buildpackage ARGUMENT...
build_packages_in()
{
	place=$1
	shift
	mkdir -p "$place" &&
	tar -C "$place" -xf "$made/libmls_$version.orig.tar.xz" &&
	ln -f "$made/libmls_$version.orig.tar.xz" "$place" &&
	cp -r "$root/debian" "$place/libmls-$version/" &&
	(cd "$place/libmls-$version" && dpkg-buildpackage -us -uc "$@" 9>&-)
}

# What differs on purpose: the folder, its depth, the time zone and language,
# whether tests are run.
build_packages_twice()
{
	version=$(sed -n 's/^AC_INIT(\[libmls\], \[\(.*\)\])$/\1/p' \
	    "$root/configure.ac")
	main_tree && make -s -C "$build" dist || return
	installed_at=$(stat -c %Y /var/lib/dpkg/status)
	rm -rf "$made/one" "$made/another"
	mkdir -p "$made" && cp "$build/libmls-$version.tar.xz" \
	    "$made/libmls_$version.orig.tar.xz" || return
	DEB_BUILD_OPTIONS=parallel=$jobs TZ=UTC \
	    build_packages_in "$made/one" || return
	DEB_BUILD_OPTIONS="parallel=$jobs nocheck" TZ=Asia/Kathmandu \
	    LC_ALL=C.UTF-8 build_packages_in "$made/another/place/deep" -b
}

compare_packages()
{
	same=0
	for deb in "$made"/one/*.deb; do
		say "$(stat -c %s "$deb") ${deb##*/}"
		cmp "$deb" "$made/another/place/deep/${deb##*/}" &&
			same=$((same + 1))
	done
	count=$(find "$made/one" -name '*.deb' | wc -l)
	again=$(find "$made/another" -name '*.deb' | wc -l)
	say "Note: $same of $count packages are the same when built again"
	[ "$same" -gt 0 ] && [ "$same" = "$count" ] && [ "$same" = "$again" ] &&
		return
	[ "$(stat -c %Y /var/lib/dpkg/status)" = "$installed_at" ] ||
		say "Packages of this system were changed meanwhile."
	return 1
}

# There is no bug that asks for the package in Debian, which a first upload
# would close.
look_over()
{
	lintian --allow-root --fail-on error,warning \
	    --suppress-tags initial-upload-closes-no-bugs "$made"/one/*.changes
}

# empty_system: a base system in $empty with what our packages need, and them as
# its only source.
empty_system()
{
	codename=$(. /etc/os-release && printf %s "${VERSION_CODENAME-}")
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
	    'Component: main' "Codename: $codename" 2>/dev/null | head -n 1)
	needs=gcc,libc6-dev,libgcrypt20,libsodium23,libsqlite3-0,libssl3,make
	needs=$needs,pkg-config
	rm -rf "$empty"
	# shellcheck disable=SC2086 # without a mirror, its own
	debootstrap --variant=minbase --include=$needs "$codename" "$empty" \
	    $mirror || return
	mkdir "$empty/repo" "$empty/src" &&
	cp "$made"/one/*.deb "$empty/repo" &&
	rm "$empty"/repo/*-dbgsym_*.deb &&
	(cd "$empty/repo" && dpkg-scanpackages -m . >Packages) &&
	rm -rf "$empty"/etc/apt/sources.list* &&
	echo 'deb [trusted=yes] file:/repo ./' >"$empty/etc/apt/sources.list" &&
	cp -r "$root/tools" "$root/debian" "$empty/src" &&
	inside apt-get -q update
}

# inside COMMAND...: as root in the empty system; person COMMAND...: as an
# ordinary user there, in the sources.
inside()
{
	chroot "$empty" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
	    LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@" 9>&-
}

person()
{
	chroot --userspec=65534:65534 "$empty" env -i PATH=/usr/bin:/bin \
	    HOME=/tmp/home LC_ALL=C.UTF-8 MLS_RUN=/usr/bin/env \
	    MLS_DEMO_SUITE="${suite-}" sh -c 'cd /src && mkdir -p /tmp/home &&
	    exec "$@"' sh "$@" 9>&-
}

# case_ TEXT COMMAND...: counted as a test.
case_()
{
	case_text=$1
	shift
	say "-- $case_text"
	if "$@"; then
		tally 1 0 0
	else
		say "not ok: $case_text"
		tally 0 1 0
		return 1
	fi
}

with()
{
	inside apt-get -q -y -o Dpkg::Use-Pty=0 "$@"
}

# without_all: purged, and nothing of them is left.
without_all()
{
	# shellcheck disable=SC2046 # words
	with purge $(inside dpkg-query -W -f '${Package}\n' |
	    grep -E '^(lib)?mls') &&
	[ -z "$(our_packages)" ] && [ ! -e "$empty/etc/mls" ] &&
	    [ ! -e "$empty/usr/share/mls" ] &&
	    [ -z "$(find "$empty/usr/lib" -name '*mls*')" ]
}

our_packages()
{
	inside dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' |
	    awk '$1 == "ii" && $2 ~ /^(lib)?mls/ { print $2 }' | sort | tr '\n' ' '
}

# says STATUS TEXT COMMAND...: COMMAND of a person's ends with STATUS, and says
# TEXT.
says()
{
	says_status=$1 says_text=$2
	shift 2
	person "$@" >"$logs/said" 2>&1
	says_rc=$?
	cat "$logs/said"
	[ $says_rc = "$says_status" ] && grep -q -e "$says_text" "$logs/said"
}

configured()
{
	printf '%s\n' "$@" >"$empty/etc/mls/mls.conf"
}

by_default()
{
	with install mls-tools &&
	[ "$(our_packages)" = "libmls-common libmls0 mls-keystore-sqlite \
mls-provider-openssl mls-tools " ] &&
	person tools/demo && without_all
}

# alone PROVIDER [SUITE]: it satisfies what is recommended.
alone()
{
	suite=${2-}
	with install mls-tools "mls-provider-$1" &&
	[ "$(our_packages)" = "libmls-common libmls0 mls-keystore-sqlite \
mls-provider-$1 mls-tools " ] &&
	says 0 "  verify .* $1 " tools/demo && without_all
}

mixed()
{
	with install mls-tools mls-provider-gcrypt mls-provider-sodium \
	    mls-provider-threads &&
	configured '[route]' 'crypto = sodium, gcrypt' 'executor = threads' &&
	says 0 'aead  *AES-128-GCM  *gcrypt ' tools/demo &&
	grep -q 'kem  *DHKEM(X25519)  *sodium ' "$logs/said" &&
	grep -q 'executor  *threads ' "$logs/said"
}

# Behind mixed: what is named and not there is missed by its name.
crypto_removed()
{
	says 0 '' mls init Alice && says 0 '' mls create friends &&
	with remove mls-provider-gcrypt &&
	says 2 'no provider here implements the ciphersuite' mls info &&
	says 2 'mls.conf:2: .*no provider serves aead 0x0001 .*gcrypt: no such' \
	    mls create -v more &&
	says 1 'not sodium: does not offer .*; gcrypt: no such provider' \
	    mls-provider list &&
	says 0 'you created others' mls create --suite 3 others
}

executor_removed()
{
	with remove mls-provider-threads &&
	says 1 'executor NOBODY  *[^ ]*mls.conf:3: \[route\] executor' \
	    mls-provider list &&
	says 0 '' mls update --group others --output /tmp/home/update
}

keystore_removed()
{
	with remove mls-keystore-sqlite &&
	says 4 'sqlite is neither installed nor in a config file' \
	    mls groups &&
	with install mls-keystore-sqlite &&
	says 0 'others  epoch 0' mls groups
}

# The tests that come with the packages, by an ordinary user.
own_tests()
{
	rm -f "$empty/etc/mls/mls.conf"
	# shellcheck disable=SC2046 # words
	with install $(sed -n 's/^Package: //p' "$empty/repo/Packages") || return
	for test in conversation providers development; do
		case_ "debian/tests/$test" person "debian/tests/$test" || return
	done
}

# The cases need what those before them left.
cases()
{
	case_ 'what is installed by default serves' by_default || return
	case_ 'openssl serves alone' alone openssl || return
	case_ 'gcrypt serves alone' alone gcrypt || return
	case_ 'sodium serves alone' alone sodium 0x0003 || return
	suite=
	case_ 'sodium, gcrypt and threads serve together' mixed || return
	case_ 'a removed crypto provider' crypto_removed || return
	case_ 'a removed executor' executor_removed || return
	case_ 'a removed keystore' keystore_removed || return
	own_tests || return
	case_ 'nothing is left behind' without_all
}

stage_packages()
{
	if [ "$(id -u)" -ne 0 ]; then
		say "only root can make an empty system to install them in"
		return 77
	fi
	if [ ! -f "$root/debian/rules" ]; then
		say "debian/ is in the repository, and not in releases"
		return 77
	fi
	build_packages_twice || return
	status=0
	case_ 'two builds are the same' compare_packages || status=1
	case_ 'lintian finds nothing' look_over || status=1
	empty_system && cases || status=1
	[ $status -ne 0 ] || rm -rf "$empty"
	return $status
}
