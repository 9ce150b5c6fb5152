/*
 * Prints what LayoutTest holds the Java side against:
 *
 *     cc -o layout layout.c && ./layout > layout-$(uname -m).txt
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>

#define SYS_PIDFD_SEND_SIGNAL SYS_pidfd_send_signal
#define SYS_PIDFD_OPEN SYS_pidfd_open

#define SIZE(name, type) printf("size " #name " %zu\n", sizeof(type))
#define OFFSET(name, type, field) printf("offset " #name " " #field " %zu\n", offsetof(type, field))
#define CONSTANT(owner, name) printf("constant " #owner " " #name " %d\n", (int) name)

int main(void) {
    SIZE(msghdr, struct msghdr);
    OFFSET(msghdr, struct msghdr, msg_name);
    OFFSET(msghdr, struct msghdr, msg_namelen);
    OFFSET(msghdr, struct msghdr, msg_iov);
    OFFSET(msghdr, struct msghdr, msg_iovlen);
    OFFSET(msghdr, struct msghdr, msg_control);
    OFFSET(msghdr, struct msghdr, msg_controllen);
    OFFSET(msghdr, struct msghdr, msg_flags);
    SIZE(iovec, struct iovec);
    OFFSET(iovec, struct iovec, iov_base);
    OFFSET(iovec, struct iovec, iov_len);
    SIZE(cmsghdr, struct cmsghdr);
    OFFSET(cmsghdr, struct cmsghdr, cmsg_len);
    OFFSET(cmsghdr, struct cmsghdr, cmsg_level);
    OFFSET(cmsghdr, struct cmsghdr, cmsg_type);
    SIZE(sockaddr_in, struct sockaddr_in);
    OFFSET(sockaddr_in, struct sockaddr_in, sin_family);
    OFFSET(sockaddr_in, struct sockaddr_in, sin_port);
    OFFSET(sockaddr_in, struct sockaddr_in, sin_addr);
    OFFSET(sockaddr_in, struct sockaddr_in, sin_zero);
    SIZE(sockaddr_in6, struct sockaddr_in6);
    OFFSET(sockaddr_in6, struct sockaddr_in6, sin6_family);
    OFFSET(sockaddr_in6, struct sockaddr_in6, sin6_port);
    OFFSET(sockaddr_in6, struct sockaddr_in6, sin6_flowinfo);
    OFFSET(sockaddr_in6, struct sockaddr_in6, sin6_addr);
    OFFSET(sockaddr_in6, struct sockaddr_in6, sin6_scope_id);
    SIZE(sockaddr_un, struct sockaddr_un);
    OFFSET(sockaddr_un, struct sockaddr_un, sun_family);
    OFFSET(sockaddr_un, struct sockaddr_un, sun_path);
    SIZE(ucred, struct ucred);
    OFFSET(ucred, struct ucred, pid);
    OFFSET(ucred, struct ucred, uid);
    OFFSET(ucred, struct ucred, gid);
    SIZE(timeval, struct timeval);
    OFFSET(timeval, struct timeval, tv_sec);
    OFFSET(timeval, struct timeval, tv_usec);
    SIZE(sock_filter, struct sock_filter);
    OFFSET(sock_filter, struct sock_filter, code);
    OFFSET(sock_filter, struct sock_filter, jt);
    OFFSET(sock_filter, struct sock_filter, jf);
    OFFSET(sock_filter, struct sock_filter, k);
    SIZE(sock_fprog, struct sock_fprog);
    OFFSET(sock_fprog, struct sock_fprog, len);
    OFFSET(sock_fprog, struct sock_fprog, filter);
    SIZE(siginfo_t, siginfo_t);
    OFFSET(siginfo_t, siginfo_t, si_signo);
    OFFSET(siginfo_t, siginfo_t, si_errno);
    OFFSET(siginfo_t, siginfo_t, si_code);
    OFFSET(siginfo_t, siginfo_t, si_pid);
    OFFSET(siginfo_t, siginfo_t, si_uid);
    OFFSET(siginfo_t, siginfo_t, si_status);
    SIZE(epoll_event, struct epoll_event);
    OFFSET(epoll_event, struct epoll_event, events);
    OFFSET(epoll_event, struct epoll_event, data);
    OFFSET(tcp_info, struct tcp_info, tcpi_rto);
    OFFSET(tcp_info, struct tcp_info, tcpi_ato);
    OFFSET(tcp_info, struct tcp_info, tcpi_snd_mss);
    OFFSET(tcp_info, struct tcp_info, tcpi_rcv_mss);
    OFFSET(tcp_info, struct tcp_info, tcpi_unacked);
    OFFSET(tcp_info, struct tcp_info, tcpi_sacked);
    OFFSET(tcp_info, struct tcp_info, tcpi_state);
    CONSTANT(SysIo, O_RDONLY);
    CONSTANT(SysIo, O_NONBLOCK);
    CONSTANT(SysIo, O_CLOEXEC);
    CONSTANT(SysIo, FD_CLOEXEC);
    CONSTANT(SysIo, F_GETFD);
    CONSTANT(SysIo, F_SETFD);
    CONSTANT(SysIo, F_GETFL);
    CONSTANT(SysIo, F_SETFL);
    CONSTANT(SysIo, F_DUPFD_CLOEXEC);
    CONSTANT(SysIo, EFD_CLOEXEC);
    CONSTANT(SysIo, EFD_NONBLOCK);
    CONSTANT(SysSocket, AF_UNIX);
    CONSTANT(SysSocket, AF_INET);
    CONSTANT(SysSocket, AF_INET6);
    CONSTANT(SysSocket, SOCK_STREAM);
    CONSTANT(SysSocket, SOCK_DGRAM);
    CONSTANT(SysSocket, SOCK_SEQPACKET);
    CONSTANT(SysSocket, SOCK_NONBLOCK);
    CONSTANT(SysSocket, SOCK_CLOEXEC);
    CONSTANT(SysSocket, SOL_SOCKET);
    CONSTANT(SysSocket, SO_REUSEADDR);
    CONSTANT(SysSocket, SO_TYPE);
    CONSTANT(SysSocket, SO_REUSEPORT);
    CONSTANT(SysSocket, SO_PEERCRED);
    CONSTANT(SysSocket, SO_RCVTIMEO);
    CONSTANT(SysSocket, SO_SNDTIMEO);
    CONSTANT(SysSocket, SO_ATTACH_FILTER);
    CONSTANT(SysSocket, SO_DETACH_FILTER);
    CONSTANT(SysSocket, SO_BINDTOIFINDEX);
    CONSTANT(SysSocket, SO_DOMAIN);
    CONSTANT(SysSocket, SO_ATTACH_REUSEPORT_CBPF);
    CONSTANT(SysSocket, IPPROTO_TCP);
    CONSTANT(SysSocket, TCP_INFO);
    CONSTANT(SysSocket, TCP_LISTEN);
    CONSTANT(SysSocket, IPPROTO_IPV6);
    CONSTANT(SysSocket, IPV6_V6ONLY);
    CONSTANT(SysSocket, SCM_RIGHTS);
    CONSTANT(SysSocket, MSG_CTRUNC);
    CONSTANT(SysSocket, MSG_TRUNC);
    CONSTANT(SysSocket, MSG_DONTWAIT);
    CONSTANT(SysSocket, MSG_NOSIGNAL);
    CONSTANT(SysSocket, MSG_CMSG_CLOEXEC);
    CONSTANT(SysSocket, SHUT_RDWR);
    CONSTANT(SysEpoll, EPOLL_CLOEXEC);
    CONSTANT(SysEpoll, EPOLL_CTL_ADD);
    CONSTANT(SysEpoll, EPOLL_CTL_DEL);
    CONSTANT(SysEpoll, EPOLL_CTL_MOD);
    CONSTANT(SysEpoll, EPOLLIN);
    CONSTANT(SysEpoll, EPOLLOUT);
    CONSTANT(SysEpoll, EPOLLERR);
    CONSTANT(SysEpoll, EPOLLHUP);
    CONSTANT(SysEpoll, EPOLLONESHOT);
    CONSTANT(SysEpoll, EPOLLET);
    CONSTANT(SysProcess, P_ALL);
    CONSTANT(SysProcess, P_PID);
    CONSTANT(SysProcess, P_PIDFD);
    CONSTANT(SysProcess, WNOHANG);
    CONSTANT(SysProcess, WEXITED);
    CONSTANT(SysProcess, WNOWAIT);
    CONSTANT(SysProcess, CLD_EXITED);
    CONSTANT(SysProcess, CLD_KILLED);
    CONSTANT(SysProcess, CLD_DUMPED);
    CONSTANT(SysProcess, PR_SET_CHILD_SUBREAPER);
    CONSTANT(SysProcess, SYS_PIDFD_SEND_SIGNAL);
    CONSTANT(SysProcess, SYS_PIDFD_OPEN);
    CONSTANT(SysSpawn, POSIX_SPAWN_SETPGROUP);
    CONSTANT(SysSpawn, POSIX_SPAWN_SETSIGDEF);
    CONSTANT(SysSpawn, POSIX_SPAWN_SETSIGMASK);
    CONSTANT(Errno, EPERM);
    CONSTANT(Errno, ENOENT);
    CONSTANT(Errno, ESRCH);
    CONSTANT(Errno, EINTR);
    CONSTANT(Errno, EIO);
    CONSTANT(Errno, ENXIO);
    CONSTANT(Errno, E2BIG);
    CONSTANT(Errno, ENOEXEC);
    CONSTANT(Errno, EBADF);
    CONSTANT(Errno, ECHILD);
    CONSTANT(Errno, EAGAIN);
    CONSTANT(Errno, ENOMEM);
    CONSTANT(Errno, EACCES);
    CONSTANT(Errno, EFAULT);
    CONSTANT(Errno, EBUSY);
    CONSTANT(Errno, EEXIST);
    CONSTANT(Errno, ENODEV);
    CONSTANT(Errno, ENOTDIR);
    CONSTANT(Errno, EISDIR);
    CONSTANT(Errno, EINVAL);
    CONSTANT(Errno, ENFILE);
    CONSTANT(Errno, EMFILE);
    CONSTANT(Errno, ETXTBSY);
    CONSTANT(Errno, EFBIG);
    CONSTANT(Errno, ENOSPC);
    CONSTANT(Errno, ESPIPE);
    CONSTANT(Errno, EROFS);
    CONSTANT(Errno, EPIPE);
    CONSTANT(Errno, EDEADLK);
    CONSTANT(Errno, ENAMETOOLONG);
    CONSTANT(Errno, ENOSYS);
    CONSTANT(Errno, ELOOP);
    CONSTANT(Errno, ENONET);
    CONSTANT(Errno, EPROTO);
    CONSTANT(Errno, EOVERFLOW);
    CONSTANT(Errno, ENOTSOCK);
    CONSTANT(Errno, EDESTADDRREQ);
    CONSTANT(Errno, EMSGSIZE);
    CONSTANT(Errno, EPROTOTYPE);
    CONSTANT(Errno, ENOPROTOOPT);
    CONSTANT(Errno, EPROTONOSUPPORT);
    CONSTANT(Errno, EOPNOTSUPP);
    CONSTANT(Errno, EAFNOSUPPORT);
    CONSTANT(Errno, EADDRINUSE);
    CONSTANT(Errno, EADDRNOTAVAIL);
    CONSTANT(Errno, ENETDOWN);
    CONSTANT(Errno, ENETUNREACH);
    CONSTANT(Errno, ECONNABORTED);
    CONSTANT(Errno, ECONNRESET);
    CONSTANT(Errno, ENOBUFS);
    CONSTANT(Errno, EISCONN);
    CONSTANT(Errno, ENOTCONN);
    CONSTANT(Errno, ETOOMANYREFS);
    CONSTANT(Errno, ETIMEDOUT);
    CONSTANT(Errno, ECONNREFUSED);
    CONSTANT(Errno, EHOSTDOWN);
    CONSTANT(Errno, EHOSTUNREACH);
    CONSTANT(Errno, EALREADY);
    CONSTANT(Errno, EINPROGRESS);
    CONSTANT(Signals, SIGHUP);
    CONSTANT(Signals, SIGINT);
    CONSTANT(Signals, SIGQUIT);
    CONSTANT(Signals, SIGILL);
    CONSTANT(Signals, SIGTRAP);
    CONSTANT(Signals, SIGABRT);
    CONSTANT(Signals, SIGBUS);
    CONSTANT(Signals, SIGFPE);
    CONSTANT(Signals, SIGKILL);
    CONSTANT(Signals, SIGUSR1);
    CONSTANT(Signals, SIGSEGV);
    CONSTANT(Signals, SIGUSR2);
    CONSTANT(Signals, SIGPIPE);
    CONSTANT(Signals, SIGALRM);
    CONSTANT(Signals, SIGTERM);
    CONSTANT(Signals, SIGSTKFLT);
    CONSTANT(Signals, SIGCHLD);
    CONSTANT(Signals, SIGCONT);
    CONSTANT(Signals, SIGSTOP);
    CONSTANT(Signals, SIGTSTP);
    CONSTANT(Signals, SIGTTIN);
    CONSTANT(Signals, SIGTTOU);
    CONSTANT(Signals, SIGURG);
    CONSTANT(Signals, SIGXCPU);
    CONSTANT(Signals, SIGXFSZ);
    CONSTANT(Signals, SIGVTALRM);
    CONSTANT(Signals, SIGPROF);
    CONSTANT(Signals, SIGWINCH);
    CONSTANT(Signals, SIGIO);
    CONSTANT(Signals, SIGPWR);
    CONSTANT(Signals, SIGSYS);
    CONSTANT(SocketProgram, SKF_AD_OFF);
    CONSTANT(SocketProgram, SKF_AD_RANDOM);
    CONSTANT(SocketProgram, SKF_NET_OFF);
    return 0;
}
