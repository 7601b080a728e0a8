/* SPDX-License-Identifier: MIT */
/*
 * The service over standard input and output: each line a JSON object
 *
 *   { "call": "StateAuth", "in": { "state_id": 1 } }
 *
 * answered by a line { "out": { ... } } or { "error": "..." }.  The fields are
 * those of mls_client.proto, octets in hexadecimal.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interop.h"

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
read_octets(ProtobufCBinaryData *out, const json_t *in)
{
	const char *text = json_string_value(in);
	size_t i, len = text != NULL ? strlen(text) / 2 : 0;
	uint8_t *data = malloc(len + 1);
	int high, low;

	if (text == NULL || data == NULL || strlen(text) % 2 != 0)
		goto fail;
	for (i = 0; i < len; i++) {
		high = digit(text[2 * i]);
		low = digit(text[2 * i + 1]);
		if (high < 0 || low < 0)
			goto fail;
		data[i] = (uint8_t)(high << 4 | low);
	}
	out->data = data;
	out->len = len;
	return true;
fail:
	free(data);
	return false;
}

static bool
read_text(char **out, const json_t *in)
{
	const char *text = json_string_value(in);

	*out = text != NULL ? malloc(strlen(text) + 1) : NULL;
	if (*out == NULL)
		return false;
	memcpy(*out, text, strlen(text) + 1);
	return true;
}

static ProtobufCMessage *read_message(const ProtobufCMessageDescriptor *type,
    const json_t *in);

/* Messages within messages are of few kinds: this goes two deep. */
static bool
read_value(void *out, const ProtobufCFieldDescriptor *f, const json_t *in)
{
	ProtobufCMessage *message;

	switch (f->type) {
	case PROTOBUF_C_TYPE_BYTES:
		return read_octets(out, in);
	case PROTOBUF_C_TYPE_STRING:
		return read_text(out, in);
	case PROTOBUF_C_TYPE_BOOL:
		*(protobuf_c_boolean *)out = json_is_true(in);
		return json_is_boolean(in);
	case PROTOBUF_C_TYPE_UINT32:
		*(uint32_t *)out = (uint32_t)json_integer_value(in);
		return json_is_integer(in);
	case PROTOBUF_C_TYPE_UINT64:
		*(uint64_t *)out = (uint64_t)json_integer_value(in);
		return json_is_integer(in);
	case PROTOBUF_C_TYPE_MESSAGE:
		message = read_message(f->descriptor, in);
		*(ProtobufCMessage **)out = message;
		return message != NULL;
	default:
		return false;
	}
}

static size_t
width(const ProtobufCFieldDescriptor *f)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_BYTES: return sizeof(ProtobufCBinaryData);
	case PROTOBUF_C_TYPE_UINT32: return sizeof(uint32_t);
	case PROTOBUF_C_TYPE_UINT64: return sizeof(uint64_t);
	case PROTOBUF_C_TYPE_BOOL: return sizeof(protobuf_c_boolean);
	default: return sizeof(void *);
	}
}

static bool
read_field(ProtobufCMessage *m, const ProtobufCFieldDescriptor *f,
    const json_t *in)
{
	uint8_t *at = (uint8_t *)m + f->offset, *v;
	size_t *n;

	if (in == NULL)
		return true;
	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return read_value(at, f, in);
	if (!json_is_array(in))
		return false;
	n = (size_t *)(void *)((uint8_t *)m + f->quantifier_offset);
	v = calloc(json_array_size(in) + 1, width(f));
	if (v == NULL)
		return false;
	*(void **)(void *)at = v;
	for (; *n < json_array_size(in); ++*n)
		if (!read_value(v + *n * width(f), f,
		    json_array_get(in, *n)))
			return false;
	return true;
}

/* NULL if it is not well-formed. */
static ProtobufCMessage *
read_message(const ProtobufCMessageDescriptor *type, const json_t *in)
{
	ProtobufCMessage *m = malloc(type->sizeof_message);
	bool well = json_is_object(in);
	unsigned i;

	if (m == NULL)
		return NULL;
	type->message_init(m);
	for (i = 0; well && i < type->n_fields; i++)
		well = read_field(m, &type->fields[i], json_object_get(in,
		    type->fields[i].name));
	if (well)
		return m;
	protobuf_c_message_free_unpacked(m, NULL);
	return NULL;
}

static json_t *
write_octets(const ProtobufCBinaryData *b)
{
	char *text = malloc(2 * b->len + 1);
	json_t *value = NULL;
	size_t i;

	if (text == NULL)
		return NULL;
	text[0] = '\0';
	for (i = 0; i < b->len; i++)
		snprintf(text + 2 * i, 3, "%02x", b->data[i]);
	value = json_string(text);
	free(text);
	return value;
}

/* The types that replies have. */
static json_t *
write_value(const void *at, const ProtobufCFieldDescriptor *f)
{
	if (f->type == PROTOBUF_C_TYPE_BYTES)
		return write_octets(at);
	if (f->type == PROTOBUF_C_TYPE_STRING)
		return json_string(*(char *const *)at);
	return json_integer(*(const uint32_t *)at);
}

static json_t *
write_field(const ProtobufCMessage *m, const ProtobufCFieldDescriptor *f)
{
	const uint8_t *at = (const uint8_t *)m + f->offset;
	json_t *list;
	size_t i, n;

	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return write_value(at, f);
	n = *(const size_t *)(const void *)((const uint8_t *)m +
	    f->quantifier_offset);
	at = *(const uint8_t *const *)(const void *)at;
	list = json_array();
	for (i = 0; i < n; i++)
		json_array_append_new(list, write_value(at + i * width(f),
		    f));
	return list;
}

/* data: where the JSON of the reply goes. */
static void
on_reply(const ProtobufCMessage *message, void *data)
{
	const ProtobufCMessageDescriptor *type;
	json_t *out;
	unsigned i;

	if (message == NULL)
		return;
	type = message->descriptor;
	out = json_object();
	for (i = 0; i < type->n_fields; i++)
		json_object_set_new(out, type->fields[i].name,
		    write_field(message, &type->fields[i]));
	*(json_t **)data = out;
}

static json_t *
carry_out(struct world *w, const json_t *line)
{
	const ProtobufCServiceDescriptor *service =
	    &mls_client__mlsclient__descriptor;
	const ProtobufCMethodDescriptor *method = NULL;
	const char *name = json_string_value(json_object_get(line, "call"));
	ProtobufCMessage *in = NULL;
	json_t *out = NULL;

	w->complaint[0] = '\0';
	if (name != NULL)
		method = protobuf_c_service_descriptor_get_method_by_name(
		    service, name);
	if (method != NULL)
		in = read_message(method->input, json_object_get(line, "in"));
	if (in != NULL)
		w->service.base.invoke(&w->service.base,
		    (unsigned)(method - service->methods), in, on_reply,
		    &out);
	else
		complain(w, "no such call, or a malformed one", 0);
	if (in != NULL)
		protobuf_c_message_free_unpacked(in, NULL);
	return out != NULL ? json_pack("{s:o}", "out", out) :
	    json_pack("{s:s}", "error", w->complaint);
}

bool
talk(struct world *w)
{
	char *line = NULL;
	size_t size = 0;
	json_t *in, *out;

	while (getline(&line, &size, stdin) > 0) {
		in = json_loads(line, 0, NULL);
		out = carry_out(w, in);
		if (json_dumpf(out, stdout, JSON_COMPACT) != 0 ||
		    putchar('\n') == EOF || fflush(stdout) != 0)
			break;
		json_decref(in);
		json_decref(out);
	}
	free(line);
	return feof(stdin) != 0;
}
