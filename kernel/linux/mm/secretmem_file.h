/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __MM_SECRETMEM_FILE_H
#define __MM_SECRETMEM_FILE_H

#include <linux/sched.h>
#include <linux/types.h>

struct inode;
struct user_struct;

/**
 * struct secretmem_file - what is known of a secretmem file
 * @id:			counted from 1, never reused
 * @inode:		the inode, whose life this object shares
 * @created_ns:		CLOCK_BOOTTIME at creation
 * @user:		real user of the creator, charged for the locked memory
 * @nr_pages_charged:	what it is charged for this file
 * @creator_pid:	its process, in the initial PID namespace
 * @creator_cgroup_id:	its cgroup in the default hierarchy, 0 if there is none
 * @creator_comm:	its name
 *
 * All but the charge is constant while the file is registered.
 */
struct secretmem_file {
	u64		id;
	struct inode	*inode;
	u64		created_ns;
	struct user_struct *user;
	atomic_long_t	nr_pages_charged;
	pid_t		creator_pid;
	u64		creator_cgroup_id;
	char		creator_comm[TASK_COMM_LEN];
};

u64 secretmem_current_cgroup_id(void);

int secretmem_file_charge(struct secretmem_file *file, unsigned long nr_pages);
void secretmem_file_uncharge(struct secretmem_file *file,
			     unsigned long nr_pages);

int secretmem_file_register(struct secretmem_file *file, struct inode *inode);
void secretmem_file_unregister(struct secretmem_file *file);

void secretmem_files_lock(void);
void secretmem_files_unlock(void);
struct secretmem_file *secretmem_file_next(unsigned long *id);
u32 secretmem_files_generation(void);
unsigned long secretmem_files_count(void);

/**
 * enum secretmem_failure - why memory could not be had
 * @SECRETMEM_FAILURE_MEMLOCK: RLIMIT_MEMLOCK, for what its creator is charged
 * @SECRETMEM_FAILURE_DIRECT_MAP: it did not leave the direct map
 * @SECRETMEM_FAILURE_MEMORY: a page, an object or a memory cgroup was short
 * @SECRETMEM_FAILURE_EXHAUSTED: too little of the area was left
 * @SECRETMEM_FAILURE_PINNED: what lies in the area could not be moved away
 * @SECRETMEM_FAILURE_LOW_MEMORY: moving it would have left too little memory
 * @SECRETMEM_FAILURE_CGROUP: the limit of a misc cgroup
 * @SECRETMEM_NR_FAILURES: their number
 */
enum secretmem_failure {
	SECRETMEM_FAILURE_MEMLOCK,
	SECRETMEM_FAILURE_DIRECT_MAP,
	SECRETMEM_FAILURE_MEMORY,
	SECRETMEM_FAILURE_EXHAUSTED,
	SECRETMEM_FAILURE_PINNED,
	SECRETMEM_FAILURE_LOW_MEMORY,
	SECRETMEM_FAILURE_CGROUP,
	SECRETMEM_NR_FAILURES,
};

unsigned long secretmem_count_failure(enum secretmem_failure reason);
unsigned long secretmem_failures(enum secretmem_failure reason);

void secretmem_count_page(void);
void secretmem_uncount_page(void);
unsigned long secretmem_pages(void);
unsigned long secretmem_pages_peak(void);

#endif /* __MM_SECRETMEM_FILE_H */
