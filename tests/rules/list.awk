# SPDX-License-Identifier: MIT
# The list of list.sh: rules with verdicts, an empty line, then places with the
# words that name rules.

# Errors of libmls itself, no rules of the protocol.
/^(API|PROV|CONF|STORE)-/ && !named { next }

/^$/ {
	named = 1
	next
}

!named {
	id[++n] = $1
	known[$1] = 1
	sub(/-.*/, "", $1)
	kinds[$1] = 1
	verdict[n] = $2
	next
}

# The same test may be in several programs.
{
	where = $1
	test = where
	sub(/^[^:]*:/, "", test)
	if (test in seen)
		next
	seen[test] = 1
	$1 = ""
	count(where, $0)
}

function count(where, words, v, k, i, kind, last, to)
{
	gsub(/[-, ]+/, "_", words)
	k = split(words, v, "_")
	for (i = 1; i <= k; i++) {
		if (v[i] in kinds) {
			kind = v[i]
			last = to = ""
		} else if (v[i] == "to" && last != "") {
			to = 1
		} else if (kind != "" && v[i] ~ /^[0-9][0-9]$/) {
			if (to == "")
				last = v[i] - 1
			while (++last <= v[i] + 0)
				note(sprintf("%s-%02d", kind, last), where)
			last = v[i] + 0
			to = ""
		} else if (v[i] != "") {
			kind = last = to = ""
		}
	}
}

function note(rule, where)
{
	if (!(rule in known)) {
		print where ": there is no rule " rule
		bad = 1
		return
	}
	if (index(places[rule] "\n", "\n\t" where "\n"))
		return
	tests[rule]++
	places[rule] = places[rule] "\n\t" where
}

END {
	for (i = 1; i <= n; i++) {
		sum[verdict[i]]++
		if (verdict[i] == "none") {
			if (tests[id[i]]) {
				print id[i] " does not apply and has a test"
				bad = 1
			}
			print id[i] " not applicable"
			continue
		}
		printf "%s %s %d%s\n", id[i], verdict[i], tests[id[i]],
		    places[id[i]]
		if (!tests[id[i]])
			lacking = lacking " " id[i]
	}
	printf "%d rules: %d with an error, %d accepted, %d kept, %d said by" \
	    " others, %d not applicable\n", n, sum["error"],
	    sum["accepted"], sum["kept"], sum["as"], sum["none"]
	if (lacking != "") {
		print "without a test:" lacking
		bad = 1
	}
	exit bad
}
