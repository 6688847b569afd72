/*
 * Shows a process a CPU with nothing wider than AVX2, so that an engine can be measured as it runs where there is no more.
 * LD_PRELOAD this on Linux x86-64. The kernel is asked to make CPUID fault (arch_prctl, ARCH_SET_CPUID); the SIGSEGV
 * handler executes the instruction with faulting off and clears the bits of AVX-512, AVX-VNNI, AMX and their relatives.
 * Threads inherit the setting. Programs that install a handler of their own for SIGSEGV (V8 does, for WebAssembly) keep
 * it: sigaction is intercepted and every signal that is no CPUID is handed on. What glibc has found out before this library
 * is loaded stays as it is: that concerns memcpy and its like, not an engine's kernels.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef ARCH_SET_CPUID
#define ARCH_SET_CPUID 0x1012
#endif

typedef int (*sigaction_fn)(int, const struct sigaction *, struct sigaction *);

static struct sigaction theirs; /* zero: the default action */
static sigaction_fn real_sigaction;

static int fault_on_cpuid(int on) { return (int)syscall(SYS_arch_prctl, ARCH_SET_CPUID, !on); }

/* Bits of Intel's and AMD's manuals: leaf 7 is structured extended features, 0xd extended states, 0x1d/0x1e AMX tiles. */
static void narrow(uint32_t leaf, uint32_t subleaf, uint32_t r[4]) {
  enum { A, B, C, D };
  if (leaf == 7 && subleaf == 0) {
    r[B] &= ~(1u << 16 | 1u << 17 | 1u << 21 | 1u << 26 | 1u << 27 | 1u << 28 | 1u << 30 | 1u << 31); /* F DQ IFMA PF ER CD BW VL */
    r[C] &= ~(1u << 1 | 1u << 6 | 1u << 11 | 1u << 12 | 1u << 14); /* VBMI VBMI2 VNNI BITALG VPOPCNTDQ */
    r[D] &= ~(1u << 2 | 1u << 3 | 1u << 8 | 1u << 22 | 1u << 23 | 1u << 24 | 1u << 25); /* 4VNNIW 4FMAPS VP2INTERSECT AMX-BF16 FP16 AMX-TILE AMX-INT8 */
  } else if (leaf == 7 && subleaf == 1) {
    r[A] &= ~(1u << 4 | 1u << 5 | 1u << 21 | 1u << 23); /* AVX-VNNI AVX512-BF16 AMX-FP16 AVX-IFMA */
    r[D] &= ~(1u << 4 | 1u << 5 | 1u << 8 | 1u << 10 | 1u << 19); /* AVX-VNNI-INT8 AVX-NE-CONVERT AMX-COMPLEX AVX-VNNI-INT16 AVX10 */
  } else if (leaf == 0xd && subleaf == 0) {
    r[A] &= ~(0xe0u | 3u << 17); /* opmask, upper halves, high registers; AMX */
  } else if (leaf == 0x1d || leaf == 0x1e || leaf == 0x24) {
    r[A] = r[B] = r[C] = r[D] = 0;
  }
}

static void emulate(ucontext_t *context) {
  greg_t *g = context->uc_mcontext.gregs;
  uint32_t leaf = (uint32_t)g[REG_RAX], subleaf = (uint32_t)g[REG_RCX], r[4];
  fault_on_cpuid(0);
  __asm__ volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(subleaf));
  fault_on_cpuid(1);
  narrow(leaf, subleaf, r);
  g[REG_RAX] = r[0];
  g[REG_RBX] = r[1];
  g[REG_RCX] = r[2];
  g[REG_RDX] = r[3];
  g[REG_RIP] += 2;
}

static void on_segv(int number, siginfo_t *info, void *context) {
  const uint8_t *at = (const uint8_t *)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
  /* A general protection fault comes from the kernel and names no address; code that runs can be read. */
  if (info->si_code == SI_KERNEL && at[0] == 0x0f && at[1] == 0xa2) {
    emulate(context);
  } else if (theirs.sa_flags & SA_SIGINFO) {
    theirs.sa_sigaction(number, info, context);
  } else if (theirs.sa_handler != SIG_DFL && theirs.sa_handler != SIG_IGN) {
    theirs.sa_handler(number);
  } else {
    struct sigaction deadly = {0};
    deadly.sa_handler = SIG_DFL;
    real_sigaction(SIGSEGV, &deadly, NULL);
    raise(SIGSEGV);
  }
}

int sigaction(int number, const struct sigaction *act, struct sigaction *old) {
  if (!real_sigaction) real_sigaction = (sigaction_fn)dlsym(RTLD_NEXT, "sigaction");
  if (number != SIGSEGV) return real_sigaction(number, act, old);
  if (old) *old = theirs;
  if (act) theirs = *act;
  return 0;
}

/* The older interface to the same. */
sighandler_t signal(int number, sighandler_t handler) {
  struct sigaction act = {0}, old;
  act.sa_handler = handler;
  act.sa_flags = SA_RESTART;
  return sigaction(number, &act, &old) == 0 ? old.sa_handler : SIG_ERR;
}

/* A blocked SIGSEGV would turn the next CPUID into the end of the process. */
static int unblocked(int (*mask)(int, const sigset_t *, sigset_t *), int how, const sigset_t *set, sigset_t *old) {
  sigset_t mine;
  if (!set || how == SIG_UNBLOCK) return mask(how, set, old);
  mine = *set;
  sigdelset(&mine, SIGSEGV);
  return mask(how, &mine, old);
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old) {
  return unblocked((int (*)(int, const sigset_t *, sigset_t *))dlsym(RTLD_NEXT, "pthread_sigmask"), how, set, old);
}

int sigprocmask(int how, const sigset_t *set, sigset_t *old) {
  return unblocked((int (*)(int, const sigset_t *, sigset_t *))dlsym(RTLD_NEXT, "sigprocmask"), how, set, old);
}

__attribute__((constructor)) static void start(void) {
  struct sigaction ours = {0};
  real_sigaction = (sigaction_fn)dlsym(RTLD_NEXT, "sigaction");
  ours.sa_sigaction = on_segv;
  /* V8 unblocks SIGSEGV itself; with SA_NODEFER a CPUID inside of a handler works as well. */
  ours.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  real_sigaction(SIGSEGV, &ours, &theirs);
  if (fault_on_cpuid(1) != 0) {
    fprintf(stderr, "mask-cpu: this kernel or CPU cannot make CPUID fault (%s)\n", strerror(errno));
    exit(70);
  }
}
