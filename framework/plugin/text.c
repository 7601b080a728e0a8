/* SPDX-License-Identifier: MIT */
#include "plugin/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LONGEST 40 /* words that are compared */

/* The length of the character at s, or 0 if it is none. */
static size_t
utf8_char(const uint8_t *s, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 :
	    s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
	uint32_t v;
	size_t i;

	if (len == 0 || len > left)
		return 0;
	v = len == 1 ? s[0] : s[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (s[i] & 0x3fu);
	}
	if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v < 0xe000))
		return 0;
	if ((v < 0x20 && v != '\t' && v != '\r') || v == 0x7f)
		return 0;
	return len;
}

bool
mls__utf8_text(const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t n;

	for (; len > 0; p += n, len -= n) {
		n = utf8_char(p, len);
		if (n == 0)
			return false;
	}
	return true;
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours. */
static size_t
distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t d[LONGEST + 1][LONGEST + 1];
	size_t i, j;

	for (i = 0; i <= n; i++)
		d[i][0] = i;
	for (j = 0; j <= m; j++)
		d[0][j] = j;
	for (i = 1; i <= n; i++)
		for (j = 1; j <= m; j++) {
			d[i][j] = least(d[i - 1][j - 1] +
			    (a[i - 1] != b[j - 1]),
			    least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	return d[n][m];
}

const char *
mls__suggest(const char *word, const char *const *list)
{
	const char *best = NULL;
	size_t len = strlen(word), limit = len < 3 ? 1 : len < 9 ? 2 : 3, d;

	if (len > LONGEST)
		return NULL;
	for (limit++; *list != NULL; list++) {
		if (strlen(*list) > LONGEST)
			continue;
		d = distance(word, len, *list, strlen(*list));
		if (d < limit && d < strlen(*list)) {
			limit = d;
			best = *list;
		}
	}
	return best;
}

bool
mls__number16(uint16_t *out, const char *text)
{
	unsigned base = 10, digit;
	uint32_t v = 0;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text >= '0' && *text <= '9')
			digit = (unsigned)(*text - '0');
		else if (*text >= 'a' && *text <= 'f')
			digit = (unsigned)(*text - 'a') + 10;
		else if (*text >= 'A' && *text <= 'F')
			digit = (unsigned)(*text - 'A') + 10;
		else
			return false;
		if (digit >= base)
			return false;
		v = v * base + digit;
		if (v > UINT16_MAX)
			return false;
	}
	*out = (uint16_t)v;
	return true;
}

const char *
mls__list_next(const char **pos, size_t *len)
{
	const char *s = *pos + strspn(*pos, ", \t");

	*len = strcspn(s, ", \t");
	*pos = s + *len;
	return *len > 0 ? s : NULL;
}

void
mls__append(char *buf, size_t cap, const char *format, ...)
{
	size_t used = strlen(buf);
	va_list ap;

	va_start(ap, format);
	vsnprintf(buf + used, cap - used, format, ap);
	va_end(ap);
}
