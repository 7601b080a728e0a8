/* SPDX-License-Identifier: MIT */
/*
 * The service over gRPC, by its C core, which its makers hold for their own
 * use: so nothing of it is known outside of this file.  One thread; calls are
 * carried out one after the other.
 */
#include <grpc/byte_buffer.h>
#include <grpc/byte_buffer_reader.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/support/alloc.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interop.h"

#define TICK_MS 200 /* how soon a signal is noticed */

static volatile sig_atomic_t stop;

static void
on_signal(int number)
{
	(void)number;
	stop = 1;
}

struct server {
	struct world *w;
	grpc_server *server;
	grpc_completion_queue *queue;
};

enum stage {
	WAITING, /* for somebody to call */
	READING, /* the request */
	REPLYING
};

struct call {
	enum stage stage;
	grpc_call *call;
	grpc_call_details details;
	grpc_metadata_array metadata;
	grpc_byte_buffer *request, *response;
	grpc_status_code status;
	grpc_slice text; /* why it failed */
	int cancelled;
};

static void
call_free(struct call *c)
{
	grpc_call_details_destroy(&c->details);
	grpc_metadata_array_destroy(&c->metadata);
	grpc_byte_buffer_destroy(c->request);
	grpc_byte_buffer_destroy(c->response);
	grpc_slice_unref(c->text);
	if (c->call != NULL)
		grpc_call_unref(c->call);
	free(c);
}

/* Ask for the next call. */
static bool
wait_for_call(struct server *s)
{
	struct call *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return false;
	grpc_call_details_init(&c->details);
	grpc_metadata_array_init(&c->metadata);
	c->text = grpc_empty_slice();
	if (grpc_server_request_call(s->server, &c->call, &c->details,
	    &c->metadata, s->queue, s->queue, c) == GRPC_CALL_OK)
		return true;
	call_free(c);
	return false;
}

static void
read_request(struct call *c)
{
	grpc_op op;

	memset(&op, 0, sizeof(op));
	op.op = GRPC_OP_RECV_MESSAGE;
	op.data.recv_message.recv_message = &c->request;
	c->stage = READING;
	if (grpc_call_start_batch(c->call, &op, 1, c, NULL) != GRPC_CALL_OK)
		call_free(c);
}

static void
fail(struct call *c, grpc_status_code status, const char *text)
{
	c->status = status;
	grpc_slice_unref(c->text);
	c->text = grpc_slice_from_copied_string(text);
}

/* What the call gives, once. */
static void
on_reply(const ProtobufCMessage *message, void *data)
{
	struct call *c = data;
	grpc_slice slice;

	if (message == NULL)
		return;
	slice = grpc_slice_malloc(protobuf_c_message_get_packed_size(message));
	protobuf_c_message_pack(message, GRPC_SLICE_START_PTR(slice));
	c->response = grpc_raw_byte_buffer_create(&slice, 1);
	grpc_slice_unref(slice);
}

/* The method behind the last slash of the path. */
static const ProtobufCMethodDescriptor *
find_method(grpc_slice path)
{
	char *text = grpc_slice_to_c_string(path);
	const char *name = strrchr(text, '/');
	const ProtobufCMethodDescriptor *method =
	    protobuf_c_service_descriptor_get_method_by_name(
	    &mls_client__mlsclient__descriptor, name != NULL ? name + 1 : "");

	gpr_free(text);
	return method;
}

static void
carry_out(struct world *w, struct call *c)
{
	const ProtobufCServiceDescriptor *service =
	    &mls_client__mlsclient__descriptor;
	const ProtobufCMethodDescriptor *method =
	    find_method(c->details.method);
	ProtobufCMessage *in = NULL;
	grpc_byte_buffer_reader reader;
	grpc_slice all;

	if (method == NULL) {
		fail(c, GRPC_STATUS_UNIMPLEMENTED, "there is no such method");
		return;
	}
	if (c->request != NULL &&
	    grpc_byte_buffer_reader_init(&reader, c->request)) {
		all = grpc_byte_buffer_reader_readall(&reader);
		in = protobuf_c_message_unpack(method->input, NULL,
		    GRPC_SLICE_LENGTH(all), GRPC_SLICE_START_PTR(all));
		grpc_slice_unref(all);
		grpc_byte_buffer_reader_destroy(&reader);
	}
	if (in == NULL) {
		fail(c, GRPC_STATUS_INVALID_ARGUMENT, "a malformed request");
		return;
	}
	w->complaint[0] = '\0';
	w->service.base.invoke(&w->service.base,
	    (unsigned)(method - service->methods), in, on_reply, c);
	if (c->response == NULL) {
		fprintf(stderr, "mls-interop: %s: %s\n", method->name,
		    w->complaint);
		fail(c, GRPC_STATUS_UNKNOWN, w->complaint);
	}
	protobuf_c_message_free_unpacked(in, NULL);
}

static void
send_reply(struct call *c)
{
	grpc_op ops[4];
	size_t n = 0;

	memset(ops, 0, sizeof(ops));
	ops[n++].op = GRPC_OP_SEND_INITIAL_METADATA;
	if (c->response != NULL) {
		ops[n].op = GRPC_OP_SEND_MESSAGE;
		ops[n++].data.send_message.send_message = c->response;
	}
	ops[n].op = GRPC_OP_RECV_CLOSE_ON_SERVER;
	ops[n++].data.recv_close_on_server.cancelled = &c->cancelled;
	ops[n].op = GRPC_OP_SEND_STATUS_FROM_SERVER;
	ops[n].data.send_status_from_server.status = c->status;
	ops[n++].data.send_status_from_server.status_details = &c->text;
	c->stage = REPLYING;
	if (grpc_call_start_batch(c->call, ops, n, c, NULL) != GRPC_CALL_OK)
		call_free(c);
}

/* A call has come a stage further, or, if it is not well, to its end. */
static bool
advance(struct server *s, struct call *c, bool well)
{
	bool more = true;

	if (well && c->stage == WAITING) {
		more = wait_for_call(s);
		read_request(c);
	} else if (well && c->stage == READING) {
		carry_out(s->w, c);
		send_reply(c);
	} else {
		call_free(c);
	}
	return more;
}

static grpc_event
next_event(const struct server *s)
{
	return grpc_completion_queue_next(s->queue, gpr_time_add(
	    gpr_now(GPR_CLOCK_REALTIME), gpr_time_from_millis(TICK_MS,
	    GPR_TIMESPAN)), NULL);
}

static void
run(struct server *s)
{
	bool more = wait_for_call(s);
	grpc_event event;

	while (more && !stop) {
		event = next_event(s);
		if (event.type == GRPC_OP_COMPLETE)
			more = advance(s, event.tag, event.success != 0);
	}
}

/* All calls end; the tag of the shutdown itself is the server. */
static void
shut_down(struct server *s)
{
	grpc_event event;

	grpc_server_shutdown_and_notify(s->server, s->queue, s);
	grpc_server_cancel_all_calls(s->server);
	do {
		event = next_event(s);
		if (event.type == GRPC_OP_COMPLETE && event.tag != s)
			call_free(event.tag);
	} while (event.type != GRPC_OP_COMPLETE || event.tag != s);
	grpc_server_destroy(s->server);
	grpc_completion_queue_shutdown(s->queue);
	do {
		event = next_event(s);
		if (event.type == GRPC_OP_COMPLETE)
			call_free(event.tag);
	} while (event.type != GRPC_QUEUE_SHUTDOWN);
	grpc_completion_queue_destroy(s->queue);
}

bool
serve(struct world *w, const char *address)
{
	/* Trees of large groups are longer than the usual 4 MiB. */
	grpc_arg arg = { .type = GRPC_ARG_INTEGER,
		.key = (char *)(uintptr_t)GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH,
		.value.integer = -1 };
	grpc_channel_args args = { 1, &arg };
	struct server s = { w, NULL, NULL };
	grpc_server_credentials *none;
	bool listening;

	grpc_init();
	s.server = grpc_server_create(&args, NULL);
	s.queue = grpc_completion_queue_create_for_next(NULL);
	grpc_server_register_completion_queue(s.server, s.queue, NULL);
	none = grpc_insecure_server_credentials_create();
	listening = grpc_server_add_http2_port(s.server, address, none) != 0;
	grpc_server_credentials_release(none);
	grpc_server_start(s.server);
	if (listening) {
		signal(SIGINT, on_signal);
		signal(SIGTERM, on_signal);
		printf("mls-interop: %s at %s\n", w->name, address);
		fflush(stdout);
		run(&s);
	}
	shut_down(&s);
	grpc_shutdown();
	return listening;
}
