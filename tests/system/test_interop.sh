#!/bin/sh
# SPDX-License-Identifier: MIT
# mls-interop by its lines of JSON: a group, somebody who joins, a message, a
# successor of another suite; and lines that are none.

build=${MLS_TEST_BUILDDIR:-.}
work=$(mktemp -d) || exit 99
trap 'kill "$server" 2>/dev/null; rm -rf "$work"' EXIT

mkfifo "$work/in" "$work/out" || exit 99
"$build/run" mls-interop -j <"$work/in" >"$work/out" &
server=$!
exec 3>"$work/in" 4<"$work/out"

# call NAME FIELDS: the reply stays in $reply.
call()
{
	printf '{"call":"%s","in":{%s}}' "$1" "$2" | tr -d '\n' >&3
	echo >&3
	read -r reply <&4
	case $reply in
	'{"out"'*) ;;
	*) echo "$1: $reply"; exit 1 ;;
	esac
}

# get FIELD: of the last reply.
get()
{
	printf '%s' "$reply" | sed 's/.*"'"$1"'":"\{0,1\}\([^",}]*\).*/\1/'
}

refused()
{
	printf '%s\n' "$1" >&3
	read -r reply <&4
	case $reply in
	'{"error"'*) ;;
	*) echo "$1 was not refused: $reply"; exit 1 ;;
	esac
}

# package SUITE: a key package of Bob's, and its number.
package()
{
	call CreateKeyPackage "\"cipher_suite\":$1,\"identity\":\"626f62\""
	package=$(get key_package)
	transaction=$(get transaction_id)
}

call CreateGroup '"cipher_suite":1,"identity":"61","group_id":"6767",
"encrypt_handshake":true'
alice=$(get state_id)
package 1
call Commit "\"state_id\":$alice,\"by_value\":[{\"proposal_type\":\"616464\",
\"key_package\":\"$package\"}]"
welcome=$(get welcome)
call HandlePendingCommit "\"state_id\":$alice"
theirs=$(get epoch_authenticator)
call JoinGroup "\"transaction_id\":$transaction,\"welcome\":\"$welcome\""
bob=$(get state_id)
[ "$(get epoch_authenticator)" = "$theirs" ] ||
	{ echo "Bob is in another epoch"; exit 1; }

call Protect "\"state_id\":$bob,\"plaintext\":\"0102\""
call Unprotect "\"state_id\":$alice,\"ciphertext\":\"$(get ciphertext)\""
[ "$(get plaintext)" = 0102 ] || { echo "the message is not it"; exit 1; }

call ReInitProposal "\"state_id\":$bob,\"cipher_suite\":3,\"group_id\":\"6767\""
proposal=$(get proposal)
call ReInitCommit "\"state_id\":$alice,\"by_reference\":[\"$proposal\"]"
commit=$(get commit)
call HandlePendingReInitCommit "\"state_id\":$alice"
call HandleReInitCommit "\"state_id\":$bob,\"proposal\":[\"$proposal\"],
\"commit\":\"$commit\""
call ReInitWelcome "\"reinit_id\":$alice,
\"key_package\":[\"$(get key_package)\"],\"external_tree\":true"
theirs=$(get epoch_authenticator)
call HandleReInitWelcome "\"reinit_id\":$bob,\"welcome\":\"$(get welcome)\",
\"ratchet_tree\":\"$(get ratchet_tree)\""
[ "$(get epoch_authenticator)" = "$theirs" ] ||
	{ echo "Bob is in another successor"; exit 1; }

call Free "\"state_id\":$bob"
call Free "\"state_id\":$bob"
refused "{\"call\":\"StateAuth\",\"in\":{\"state_id\":$bob}}"
refused '{"call":"StateAuth","in":{"state_id":"1"}}'
refused '{"call":"StorePSK","in":{"state_or_transaction_id":1,"psk_id":"0"}}'
refused '{"call":"Commit","in":{"state_id":1,"by_reference":1}}'
refused '{"call":"Nothing","in":{}}'
refused 'no JSON'
exec 3>&-
wait $server || { echo "it did not end well"; exit 1; }
