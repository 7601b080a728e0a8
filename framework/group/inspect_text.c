/* SPDX-License-Identifier: MIT */
/* The text of mls_inspect: lines, octets, names of numbers. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/secret.h"
#include "group/extensions.h"
#include "group/inspect.h"

#define LINE_MAX_OCTETS 256
#define HEX_WHOLE 64 /* longer octets are cut to half of this */
#define YEAR_10000 253402300800u

static void
put(struct mls_text *t, const char *text)
{
	mls__write_bytes(&t->w, mls__buf_str(text));
}

static void
start(struct mls_text *t, const char *name)
{
	unsigned i;

	for (i = 0; i < t->depth; i++)
		put(t, "  ");
	if (name != NULL) {
		put(t, name);
		put(t, ": ");
	}
}

static void MLS_PRINTF(2, 0)
format_line(struct mls_text *t, const char *format, va_list args)
{
	char line[LINE_MAX_OCTETS];

	if (vsnprintf(line, sizeof(line), format, args) < 0)
		mls__writer_fail(&t->w, MLS_E_INTERNAL);
	else
		put(t, line);
	put(t, "\n");
}

void
mls__text_open(struct mls_text *t, const char *format, ...)
{
	va_list args;

	start(t, NULL);
	va_start(args, format);
	format_line(t, format, args);
	va_end(args);
	t->depth++;
}

void
mls__text_close(struct mls_text *t)
{
	t->depth--;
}

void
mls__text_line(struct mls_text *t, const char *name, const char *format, ...)
{
	va_list args;

	start(t, name);
	va_start(args, format);
	format_line(t, format, args);
	va_end(args);
}

static void
hex(struct mls_text *t, struct mls_buf b)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *p = mls__write_space(&t->w, 2 * b.len);
	size_t i;

	for (i = 0; p != NULL && i < b.len; i++) {
		p[2 * i] = (uint8_t)digits[b.data[i] >> 4];
		p[2 * i + 1] = (uint8_t)digits[b.data[i] & 15];
	}
}

void
mls__text_hex(struct mls_text *t, const char *name, struct mls_buf b)
{
	char rest[64];

	start(t, name);
	if (b.len == 0) {
		put(t, "(empty)\n");
		return;
	}
	if (b.len <= HEX_WHOLE) {
		hex(t, b);
		put(t, "\n");
		return;
	}
	hex(t, mls__buf(b.data, HEX_WHOLE / 2));
	snprintf(rest, sizeof(rest), "... (%zu octets)\n", b.len);
	put(t, rest);
}

void
mls__text_size(struct mls_text *t, const char *name, struct mls_buf b)
{
	mls__text_line(t, name, "(%zu octets)", b.len);
}

/* Octets of the UTF-8 character at p that is no control, quote or backslash;
 * 0 if there is none. */
static size_t
printable(const uint8_t *p, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n, i;
	uint32_t c;

	if (p[0] < 0x80)
		return p[0] >= 0x20 && p[0] != 0x7f && p[0] != '"' &&
		    p[0] != '\\';
	n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || n > left)
		return 0;
	c = p[0] & (0xffu >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	/* C1 controls, and what turns the direction of writing. */
	if (c < 0xa0 || c == 0x61c || (c >= 0x200e && c <= 0x200f) ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
		return 0;
	return n;
}

void
mls__text_string(struct mls_text *t, const char *name, struct mls_buf b)
{
	size_t at, n;

	for (at = 0; at < b.len; at += n) {
		n = printable(b.data + at, b.len - at);
		if (n == 0)
			break;
	}
	if (b.len == 0 || b.len > LINE_MAX_OCTETS || at != b.len) {
		mls__text_hex(t, name, b);
		return;
	}
	start(t, name);
	put(t, "\"");
	mls__write_bytes(&t->w, b);
	put(t, "\"\n");
}

void
mls__text_code(struct mls_text *t, const char *name, unsigned code,
    const char *known)
{
	if (known == NULL && mls__is_grease((uint16_t)code))
		known = "grease";
	if (known != NULL)
		mls__text_line(t, name, "%s (0x%04x)", known, code);
	else
		mls__text_line(t, name, "0x%04x", code);
}

void
mls__text_suite(struct mls_text *t, unsigned suite)
{
	const char *known = NULL;

	if (t->context != NULL)
		known = mls_suite_name(t->context, (uint16_t)suite);
	mls__text_code(t, "cipher_suite", suite, known);
}

void
mls__text_time(struct mls_text *t, const char *name, uint64_t when)
{
	char date[32];
	time_t seconds = (time_t)when;
	struct tm tm;

	if (when >= YEAR_10000 || seconds < 0 ||
	    (uint64_t)seconds != when || gmtime_r(&seconds, &tm) == NULL ||
	    strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm) == 0)
		mls__text_line(t, name, "%llu", (unsigned long long)when);
	else
		mls__text_line(t, name, "%s UTC (%llu)", date,
		    (unsigned long long)when);
}

static const char *
pick(const char *const *names, size_t n, unsigned v)
{
	return v < n ? names[v] : NULL;
}
#define PICK(names, v) pick(names, sizeof(names) / sizeof((names)[0]), v)

const char *
mls__name_version(unsigned v)
{
	return v == MLS_VERSION_MLS10 ? "mls10" : NULL;
}

const char *
mls__name_wire_format(unsigned v)
{
	static const char *const names[] = { NULL, "mls_public_message",
		"mls_private_message", "mls_welcome", "mls_group_info",
		"mls_key_package" };

	return PICK(names, v);
}

const char *
mls__name_extension(unsigned v)
{
	static const char *const names[] = { NULL, "application_id",
		"ratchet_tree", "required_capabilities", "external_pub",
		"external_senders", NULL, NULL, NULL, NULL, "last_resort" };

	return mls__is_grease((uint16_t)v) ? "grease" : PICK(names, v);
}

const char *
mls__name_proposal(unsigned v)
{
	static const char *const names[] = { NULL, "add", "update", "remove",
		"psk", "reinit", "external_init",
		"group_context_extensions", NULL, NULL, "self_remove" };

	return PICK(names, v);
}

const char *
mls__name_credential(unsigned v)
{
	static const char *const names[] = { NULL, "basic", "x509" };

	return PICK(names, v);
}
