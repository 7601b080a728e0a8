# SPDX-License-Identifier: MIT
# Generates from errors.tab what -v want=header|table|glossary|index|rules says:
# include/libmls/errors.h, the table behind mls_error_info, the man page
# mls-errors(7); and, from rules.tab behind it, the validation index of the
# manual, and for tests the rules with their verdicts.

BEGIN { FS = "|" }

/^## / { title = substr($0, 4); next }
/^#/ || /^$/ { next }

FILENAME ~ /rules\.tab$/ {
	if (NF != 4)
		fail(NF " fields, not 4")
	if ($2 !~ /^(accepted|kept|none|as [A-Z].*)$/)
		fail("no verdict " $2)
	if ($4 == "" || $4 ~ /\.$/)
		fail("the text is empty or ends with a stop")
	note_rule($1)
	verdict[$1] = $2
	rule_section[$1] = $3
	rule_text[$1] = $4
	next
}

$1 == "family" || $1 == "reaction" {
	if (NF != 4 || ($1, $3) in known || ($1, "#" $2) in known)
		fail("a " $1 " needs a number, a name and a text of its own")
	if ($1 == "family" && !($2 >= 0 && $2 < 16))
		fail("a family is one of 16 bits")
	known[$1, $3] = known[$1, "#" $2] = 1
	i = ++count[$1]
	kind_number[$1, i] = $2
	kind_name[$1, i] = $3
	kind_text[$1, i] = $4
	next
}

{
	if (NF != 8)
		fail(NF " fields, not 8")
	if ($1 + 0 <= last)
		fail("number " $1 " is not above " last)
	if ($3 in named)
		fail($3 " is there twice")
	if (!(("family", $4) in known))
		fail("no family " $4)
	if (!(("reaction", $6) in known))
		fail("no reaction " $6)
	if ($7 !~ /^(yes|no|-)$/)
		fail("auth is yes, no or -")
	if ($8 == "" || length($8) > 80 || $8 ~ /["\\]|\.$/)
		fail("the text is empty, too long, quoted or ends with a stop")
	note_rule($2)
	error_of[$2] = n + 1
	last = $1 + 0
	named[$3] = 1
	n++
	number[n] = $1
	rule[n] = $2
	name[n] = $3
	family[n] = $4
	section[n] = $5
	reaction[n] = $6
	auth[n] = $7
	text[n] = $8
	heading[n] = title
}

END {
	if (bad)
		exit 1
	if (want == "index" || want == "rules")
		check_gaps()
	if (want == "header")
		header()
	else if (want == "table")
		table()
	else if (want == "glossary")
		glossary()
	else if (want == "index")
		index_page()
	else if (want == "rules")
		rule_list()
	else
		fail("want=header|table|glossary|index|rules")
}

function fail(what)
{
	printf "%s:%d: %s\n", FILENAME, FNR, what > "/dev/stderr"
	bad = 1
	exit 1
}

# A kind of rules goes behind the kind of the row before it.
function note_rule(id, kind, at, i)
{
	if (id !~ /^[A-Z]+-[0-9][0-9]$/)
		fail("no rule id " id)
	if (id in kind_of)
		fail(id " is there twice")
	kind = id
	sub(/-.*/, "", kind)
	kind_of[id] = kind
	if (!(kind in most)) {
		at = ++kinds
		while (at > 1 && kind_at[at - 1] != last_kind) {
			kind_at[at] = kind_at[at - 1]
			at--
		}
		kind_at[at] = kind
		title_of[kind] = title
	}
	i = substr(id, length(kind) + 2) + 0
	if (i > most[kind])
		most[kind] = i
	last_kind = kind
}

function check_gaps(k, i, id)
{
	for (k = 1; k <= kinds; k++)
		for (i = 1; i <= most[kind_at[k]]; i++) {
			id = sprintf("%s-%02d", kind_at[k], i)
			if (!(id in kind_of))
				fail(id " is missing")
		}
}

# "RFC 9420 §7.3, 12.4", or the draft's section.
function source(i)
{
	if (section[i] == "-")
		return ""
	if (section[i] ~ /^[0-9]/)
		return "RFC 9420 §" section[i]
	return "MLS extensions, " section[i]
}

function header(i)
{
	print "/* Generated from framework/base/errors.tab. */"
	print "#ifndef LIBMLS_ERRORS_H\n#define LIBMLS_ERRORS_H\n"
	print "/* What kind of thing went wrong: bits of a mask. */"
	for (i = 1; i <= count["family"]; i++)
		printf "#define MLS_FAMILY_%s 0x%04xu /* %s */\n",
		    toupper(kind_name["family", i]),
		    2 ^ kind_number["family", i], kind_text["family", i]
	print "\n/* What the caller should do. */"
	for (i = 1; i <= count["reaction"]; i++)
		printf "#define MLS_REACT_%s %d /* %s */\n",
		    toupper(kind_name["reaction", i]),
		    kind_number["reaction", i], kind_text["reaction", i]
	print "\n/* The errors; every function that fails returns one. */"
	print "enum mls_error {"
	for (i = 1; i <= n; i++) {
		if (heading[i] != heading[i - 1])
			printf "\n\t/* %s. */\n", heading[i]
		printf "\tMLS_E_%s = -%d, /* %s%s: %s */\n",
		    toupper(name[i]), number[i], rule[i],
		    source(i) == "" ? "" : ", " source(i), text[i]
	}
	print "\n\tMLS_OK = 0\n};\n\n#endif"
}

function table(i)
{
	print "/* Generated from framework/base/errors.tab. */"
	print "static const struct mls_error_info table[] = {"
	for (i = 1; i <= n; i++) {
		printf "\t{ sizeof(struct mls_error_info), MLS_E_%s,\n",
		    toupper(name[i])
		printf "\t  \"%s\", \"%s\", \"%s\",\n", name[i], rule[i],
		    section[i]
		printf "\t  MLS_FAMILY_%s, MLS_REACT_%s, %d,\n",
		    toupper(family[i]), toupper(reaction[i]),
		    auth[i] == "yes"
		printf "\t  \"%s\" },\n", text[i]
	}
	print "};"
}

# For troff: hyphens that are meant, and no line that starts a request.
function troff(s)
{
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	gsub(/§/, "section ", s)
	return s ~ /^[.']/ ? "\\&" s : s
}

function sentence(s)
{
	return toupper(substr(s, 1, 1)) substr(s, 2) "."
}

function glossary_kinds(kind, i)
{
	for (i = 1; i <= count[kind]; i++)
		printf ".TP\n.B %s\n%s\n", troff(kind_name[kind, i]),
		    troff(sentence(kind_text[kind, i]))
}

function glossary(i, from)
{
	print ".\\\" Generated from framework/base/errors.tab."
	print ".TH MLS\\-ERRORS 7 \"\" libmls \"Messaging Layer Security\""
	print ".SH NAME\nmls\\-errors \\- the errors of libmls"
	print ".SH DESCRIPTION"
	print "A function of libmls that fails returns a negative number."
	print "Each has a name, a text"
	print ".RB ( mls_strerror ),"
	print "the rule it reports, a family and a reaction"
	print ".RB ( mls_error_info )."
	print "Numbers and names stay the same for ever."
	print "An error marked"
	print ".I authenticated"
	print "is blamed on its sender rightly: who that is was proved before."
	print ".SH FAMILIES\nWhat kind of thing went wrong."
	glossary_kinds("family")
	print ".SH REACTIONS\nWhat the caller should do."
	glossary_kinds("reaction")
	print ".SH ERRORS"
	for (i = 1; i <= n; i++) {
		if (heading[i] != heading[i - 1])
			print ".SS " troff(heading[i])
		from = source(i) == "" ? "" : ", " source(i)
		printf ".TP\n.BR MLS_E_%s \" (\\-%d)\"\n%s\n",
		    toupper(name[i]), number[i], troff(sentence(text[i]))
		printf ".br\n%s; %s; %s%s.\n", troff(rule[i] from),
		    troff(family[i]), troff(reaction[i]),
		    auth[i] == "yes" ? "; authenticated" : ""
	}
	print ".SH SEE ALSO"
	print "RFC 9420, The Messaging Layer Security (MLS) Protocol"
}

function index_kinds(what, kind, i)
{
	printf "\n## %s\n\n| Name | Meaning |\n|---|---|\n", what
	for (i = 1; i <= count[kind]; i++)
		printf "| %s | %s |\n", kind_name[kind, i], kind_text[kind, i]
}

function index_error(i)
{
	printf "| %s | %s | %d | `%s` | %s | %s | %s | %s |\n",
	    rule[i], section[i], -number[i], name[i], text[i],
	    family[i], reaction[i], auth[i]
}

function index_rule(id)
{
	printf "| %s | %s | | %s | %s | | | |\n", id, rule_section[id],
	    verdict[id] == "none" ? "not applicable" : verdict[id],
	    rule_text[id]
}

function index_page(k, i, id)
{
	print "<!-- Generated from framework/base/errors.tab, rules.tab. -->"
	print "# Validation index\n"
	print "What libmls checks, and the error that says so. Sections are"
	print "those of RFC 9420. *Sender known*: by then it was proved who"
	print "had sent it, so that the blame falls on the right one.\n"
	print "Rules without an error of their own: *accepted*, what has to"
	print "be taken or is done; *kept*, what is so whatever comes; *as*"
	print "another rule, whose error it is; *not applicable*, and why."
	index_kinds("Families", "family")
	index_kinds("Reactions", "reaction")
	for (k = 1; k <= kinds; k++) {
		printf "\n## %s\n\n", title_of[kind_at[k]]
		print "| Rule | Section | Number | Error | What is wrong, or" \
		    " right | Family | Reaction | Sender known |"
		print "|---|---|---|---|---|---|---|---|"
		for (i = 1; i <= most[kind_at[k]]; i++) {
			id = sprintf("%s-%02d", kind_at[k], i)
			if (id in error_of)
				index_error(error_of[id])
			else
				index_rule(id)
		}
	}
}

function rule_list(k, i, id)
{
	for (k = 1; k <= kinds; k++)
		for (i = 1; i <= most[kind_at[k]]; i++) {
			id = sprintf("%s-%02d", kind_at[k], i)
			print id, id in error_of ? "error" : verdict[id]
		}
}
