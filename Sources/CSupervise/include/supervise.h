#ifndef PARLEY_SUPERVISE_H
#define PARLEY_SUPERVISE_H

#include <sys/types.h>

/* How to start a child process. Descriptors that are -1 mean /dev/null. */
typedef struct {
    const char *path;
    char *const *arguments;
    char *const *environment;
    int drops_privileges; /* then it runs as user and group below, without supplementary groups */
    uid_t user;
    gid_t group;
    int folder;       /* becomes descriptor 3 of the child, and stays open in its own children */
    int input;        /* becomes its stdin */
    int output;       /* becomes its stdout and stderr */
    int death_signal; /* what it gets when the *thread* that started it ends, however it ends */
} parley_launch;

/* Starts a child in a process group of its own. Returns its id, or the negated errno of what failed, exec included. */
pid_t parley_start(const parley_launch *launch);

/* A descriptor that becomes readable when the child has ended, or -1 where the kernel has none. */
int parley_process_descriptor(pid_t process);

/* Whether a child has ended; if so it is reaped and its status stored as waitpid(2) has it. */
int parley_reap(pid_t process, int *status);

/* How many processes are attached to a System V shared memory segment, 0 when there is none with this key. */
unsigned long parley_shared_memory_users(int key, int id);

/* Removes a folder with all that is in it, never following a link. Returns 0, or an errno. */
int parley_remove_tree(const char *path);

/* Writes all that the file system of this descriptor has not yet written. Returns 0, or an errno. */
int parley_sync_file_system(int descriptor);

/* pipe(2), closed on exec. Returns 0 or -1. */
int parley_pipe(int ends[2]);

/* eventfd(2), closed on exec and never blocking. */
int parley_event_descriptor(void);

#endif
