/* SPDX-License-Identifier: MIT */
/* Text of others, made safe for a terminal, and small helpers of text. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mls.h"

struct mls_buf
text_buf(const char *text)
{
	struct mls_buf b = { (const uint8_t *)text, strlen(text) };

	return b;
}

struct mls_buf
bytes_buf(const struct mls_bytes *b)
{
	struct mls_buf out = { b->data, b->len };

	return out;
}

bool
bytes_copy(struct mls_bytes *out, struct mls_buf b)
{
	uint8_t *data = malloc(b.len + 1);

	if (data == NULL)
		return false;
	if (b.len != 0)
		memcpy(data, b.data, b.len);
	out->data = data;
	out->len = b.len;
	return true;
}

bool
buf_equal(struct mls_buf a, struct mls_buf b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

/* Octets of the UTF-8 character at p; 0 if it is none, or a control. */
static size_t
printable(const uint8_t *p, size_t left)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c;
	size_t n, i;

	if (p[0] < 0x80)
		return p[0] >= 0x20 && p[0] != 0x7f;
	n = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] < 0xc2 || p[0] > 0xf4 || n > left)
		return 0;
	c = p[0] & (0xffu >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fu);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	/* C1 controls, line ends, and what turns the direction of writing. */
	if (c < 0xa0 || c == 0x61c || c == 0x200e || c == 0x200f ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
		return 0;
	return n;
}

static void
print(FILE *out, struct mls_buf text, const char *indent)
{
	size_t at, n;

	for (at = 0; at < text.len; at += n) {
		n = printable(text.data + at, text.len - at);
		if (n != 0) {
			fwrite(text.data + at, 1, n, out);
			continue;
		}
		n = 1;
		if (indent != NULL && text.data[at] == '\n')
			fprintf(out, "\n%s", indent);
		else if (indent != NULL && text.data[at] == '\t')
			fputc('\t', out);
		else
			fprintf(out, "\\x%02x", text.data[at]);
	}
}

void
text_print(FILE *out, struct mls_buf text)
{
	print(out, text, NULL);
}

void
text_lines(FILE *out, struct mls_buf text, const char *indent)
{
	if (text.len != 0 && text.data[text.len - 1] == '\n')
		text.len--;
	print(out, text, indent);
}

void
text_hex(FILE *out, struct mls_buf b)
{
	size_t i;

	for (i = 0; i < b.len; i++)
		fprintf(out, "%02x", b.data[i]);
}

char *
text_hex_new(struct mls_buf b)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = malloc(2 * b.len + 1);
	size_t i;

	if (hex == NULL)
		return NULL;
	for (i = 0; i < b.len; i++) {
		hex[2 * i] = digits[b.data[i] >> 4];
		hex[2 * i + 1] = digits[b.data[i] & 15];
	}
	hex[2 * b.len] = '\0';
	return hex;
}

char *
text_file_new(struct mls_buf b)
{
	char *name = malloc(3 * b.len + 1), *p = name;
	size_t i;
	uint8_t c;

	if (name == NULL)
		return NULL;
	for (i = 0; i < b.len; i++) {
		c = b.data[i];
		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z') || c == '-' || c == '_')
			*p++ = (char)c;
		else
			p += sprintf(p, "%%%02X", c);
	}
	*p = '\0';
	return name;
}

void
group_name(FILE *out, struct mls_buf id)
{
	size_t at, n;

	for (at = 0; at < id.len; at += n) {
		n = printable(id.data + at, id.len - at);
		if (n == 0)
			break;
	}
	if (at == id.len && id.len != 0)
		fwrite(id.data, 1, id.len, out);
	else
		text_hex(out, id);
}

char *
text_format(const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		return NULL;
	text = malloc((size_t)n + 1);
	if (text == NULL)
		return NULL;
	va_start(args, format);
	vsnprintf(text, (size_t)n + 1, format, args);
	va_end(args);
	return text;
}
