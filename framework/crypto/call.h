/* SPDX-License-Identifier: MIT */
#ifndef MLS_CRYPTO_CALL_H
#define MLS_CRYPTO_CALL_H

#include "base/error.h"
#include "plugin/plugins.h"

/*
 * The one way into a crypto provider: status = (the operation's status),
 * UNSUPPORTED where the provider lacks it.  Serial instances are locked.
 */
#define MLS_CALL(status, inst, op, ...) \
	do { \
		const struct mls_instance *inst_ = (inst); \
		const struct mls_crypto_ops *ops_ = inst_->desc->crypto; \
		(status) = MLS_P_UNSUPPORTED; \
		if (ops_ != NULL && MLS_HAS(ops_, op)) { \
			mls__instance_lock(inst_); \
			(status) = ops_->op(inst_->ctx, __VA_ARGS__); \
			mls__instance_unlock(inst_); \
			mls__instance_said(inst_, #op, (status)); \
		} \
	} while (0)

/* True if the provider of an instance has the operation. */
#define MLS_CAN(inst, op) \
	((inst)->desc->crypto != NULL && MLS_HAS((inst)->desc->crypto, op))

/* IANA numbers whose inputs libmls knows something about. */
#define MLS_KEM_P256 0x0010
#define MLS_KEM_P384 0x0011
#define MLS_KEM_P521 0x0012
#define MLS_KEM_X25519 0x0020
#define MLS_KEM_X448 0x0021
#define MLS_SIG_ECDSA_P256 0x0403
#define MLS_SIG_ECDSA_P384 0x0503
#define MLS_SIG_ECDSA_P521 0x0603
#define MLS_SIG_ED25519 0x0807
#define MLS_SIG_ED448 0x0808

#endif
