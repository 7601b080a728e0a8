# SPDX-License-Identifier: MIT
# Generates from errors.tab what -v want=header|table|glossary|index says.

BEGIN { FS = "|"; n = 0 }
/^#/ || /^$/ { next }
NF != 8 {
	printf "%s:%d: %d fields, not 8\n", FILENAME, FNR, NF > "/dev/stderr"
	bad = 1
	exit 1
}
$1 in seen || $3 in named || $1 + 0 <= last {
	printf "%s:%d: number or name twice, or out of order\n",
	    FILENAME, FNR > "/dev/stderr"
	bad = 1
	exit 1
}
{
	seen[$1] = named[$3] = 1
	last = $1 + 0
	n++
	number[n] = $1; rule[n] = $2; name[n] = $3; family[n] = $4
	section[n] = $5; reaction[n] = $6; auth[n] = $7; text[n] = $8
	if (!($4 in families)) { families[$4] = ++nf; family_of[nf] = $4 }
	if (!($6 in reactions)) { reactions[$6] = ++nr; reaction_of[nr] = $6 }
}

function header(i) {
	print "/* Generated from framework/base/errors.tab. */"
	print "#ifndef LIBMLS_ERRORS_H\n#define LIBMLS_ERRORS_H\n"
	print "/* What kind of thing went wrong: bits of a mask. */"
	for (i = 1; i <= nf; i++)
		printf "#define MLS_FAMILY_%s 0x%04xu\n",
		    toupper(family_of[i]), 2 ^ (i - 1)
	print "\n/* What the caller should do. */"
	for (i = 1; i <= nr; i++)
		printf "#define MLS_REACT_%s %d\n", toupper(reaction_of[i]), i
	print "\n/* The errors; every function that fails returns one. */"
	print "enum mls_error {"
	for (i = 1; i <= n; i++)
		printf "\tMLS_E_%s = -%d, /* %s%s: %s */\n",
		    toupper(name[i]), number[i], rule[i],
		    section[i] == "-" ? "" : ", RFC 9420 " section[i], text[i]
	print "\tMLS_OK = 0\n};\n\n#endif"
}

function table(i) {
	print "/* Generated from framework/base/errors.tab. */"
	print "static const struct mls_error_info table[] = {"
	for (i = 1; i <= n; i++)
		printf "\t{ sizeof(struct mls_error_info), MLS_E_%s, " \
		    "\"%s\", \"%s\",\n" \
		    "\t  \"%s\", MLS_FAMILY_%s, MLS_REACT_%s, %d,\n" \
		    "\t  \"%s\" },\n",
		    toupper(name[i]), name[i], rule[i], section[i],
		    toupper(family[i]), toupper(reaction[i]),
		    auth[i] == "yes", text[i]
	print "};"
}

END {
	if (bad)
		exit 1
	if (nf > 16) {
		print "more than 16 families" > "/dev/stderr"
		exit 1
	}
	if (want == "header") header()
	else if (want == "table") table()
}
