/* SPDX-License-Identifier: MIT */
/*
 * What one transaction at a time goes through.  A second thread waits; the
 * thread that already is inside is told BUSY instead of waiting for itself.
 *
 * The thread inside is the one that entered, even if the transaction was
 * handed to another thread since.  A thread that took a transaction over ends
 * it before it begins another.
 */
#ifndef MLS_COMMON_GATE_H
#define MLS_COMMON_GATE_H

#include <pthread.h>
#include <stdbool.h>

struct mls_gate {
	pthread_mutex_t lock;
	pthread_cond_t left;
	pthread_t holder;
	bool held;
};

/* gate_init(gate): MLS_P_OK or MLS_P_NOMEM. */
int mls__gate_init(struct mls_gate *gate);
void mls__gate_fini(struct mls_gate *gate);

/* gate_enter(gate): MLS_P_OK, or MLS_P_BUSY if this thread is inside. */
int mls__gate_enter(struct mls_gate *gate);
void mls__gate_leave(struct mls_gate *gate);

#endif
