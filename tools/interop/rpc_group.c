/* SPDX-License-Identifier: MIT */
/* What a member has of its group. */
#include <stdlib.h>

#include "interop.h"

int
authenticator(ProtobufCBinaryData *out, const mls_group *group)
{
	struct mls_group_info_view v = MLS_GROUP_INFO_VIEW_INIT;
	int rc = mls_group_info(&v, group);

	if (rc == 0)
		show(out, v.authenticator);
	return rc;
}

RPC(group_info, GroupInfoRequest, GroupInfoResponse)
{
	MlsClient__GroupInfoResponse out =
	    MLS_CLIENT__GROUP_INFO_RESPONSE__INIT;
	struct mls_bytes info = { NULL, 0 }, tree = { NULL, 0 };
	struct world *w = world_of(service);
	struct entry *e;
	int rc = entry_state(&e, w, in->state_id);

	if (rc == 0)
		rc = mls_group_publish(&info, e->group, in->external_tree ?
		    MLS_PUBLISH_TREE_BESIDE : 0);
	if (rc == 0 && in->external_tree)
		rc = mls_group_tree(&tree, e->group);
	give(&out.group_info, &info);
	give(&out.ratchet_tree, &tree);
	reply(done(w, rc) ? &out : NULL, call);
	mls_bytes_free(&info);
	mls_bytes_free(&tree);
}

RPC(state_auth, StateAuthRequest, StateAuthResponse)
{
	MlsClient__StateAuthResponse out =
	    MLS_CLIENT__STATE_AUTH_RESPONSE__INIT;
	struct world *w = world_of(service);
	struct entry *e;
	int rc = entry_state(&e, w, in->state_id);

	if (rc == 0)
		rc = authenticator(&out.state_auth_secret, e->group);
	reply(done(w, rc) ? &out : NULL, call);
}

RPC(export, ExportRequest, ExportResponse)
{
	MlsClient__ExportResponse out = MLS_CLIENT__EXPORT_RESPONSE__INIT;
	struct mls_bytes secret = { NULL, in->key_length };
	struct world *w = world_of(service);
	struct entry *e;
	int rc = entry_state(&e, w, in->state_id);

	if (rc == 0) {
		secret.data = malloc(secret.len + 1);
		rc = secret.data == NULL ? MLS_E_OUT_OF_MEMORY : 0;
	}
	if (rc == 0)
		rc = mls_group_export(secret.data, secret.len, e->group,
		    in->label, octets(in->context));
	give(&out.exported_secret, &secret);
	reply(done(w, rc) ? &out : NULL, call);
	mls_bytes_free(&secret);
}

RPC(protect, ProtectRequest, ProtectResponse)
{
	MlsClient__ProtectResponse out = MLS_CLIENT__PROTECT_RESPONSE__INIT;
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_bytes message = { NULL, 0 };
	struct world *w = world_of(service);
	mls_change *c = NULL;
	struct entry *e;
	int rc = entry_state(&e, w, in->state_id);

	o.aad = octets(in->authenticated_data);
	if (rc == 0)
		rc = mls_group_make_message(&c, e->group,
		    octets(in->plaintext), &o);
	if (rc == 0)
		rc = mls_change_release(&message, c);
	give(&out.ciphertext, &message);
	reply(done(w, rc) ? &out : NULL, call);
	mls_change_drop(c);
	mls_bytes_free(&message);
}

RPC(unprotect, UnprotectRequest, UnprotectResponse)
{
	MlsClient__UnprotectResponse out =
	    MLS_CLIENT__UNPROTECT_RESPONSE__INIT;
	const struct mls_summary *s;
	struct world *w = world_of(service);
	mls_change *c = NULL;
	struct entry *e;
	int rc = entry_state(&e, w, in->state_id);

	if (rc == 0)
		rc = mls_group_process(&c, e->group, octets(in->ciphertext));
	if (rc == 0 && mls_change_summary(c)->kind != MLS_CHANGE_MESSAGE)
		rc = complain(w, "this is no application message", 0);
	if (rc == 0)
		rc = mls_change_apply(c);
	if (rc == 0) {
		s = mls_change_summary(c);
		show(&out.authenticated_data, s->aad);
		show(&out.plaintext, s->data);
	}
	reply(done(w, rc) ? &out : NULL, call);
	mls_change_drop(c);
}
