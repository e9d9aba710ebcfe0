"""Members of modules that change or use up what belongs to the whole process: random numbers, contexts, handlers, hooks, descriptors.

Their value tells nothing of it, so who leaves one out is not the same function, whatever it answers.
"""

from __future__ import annotations

import builtins

from .source import is_pure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .source import Function


def _words(text):
    return frozenset(text.split())


_MODULES = _words("""
    _random _socket _thread asyncio atexit concurrent ctypes curses faulthandler fcntl ftplib gc http.client http.server imaplib importlib locale
    logging mmap msvcrt multiprocessing nntplib numpy.random poplib posix pty random readline resource sched secrets select selectors shutil
    signal smtplib socket socketserver sqlite3 ssl subprocess syslog tempfile termios threading tracemalloc tty turtle urllib.request warnings
""")
_MEMBERS = _words("""
    codecs.register codecs.register_error codecs.unregister copyreg.add_extension copyreg.constructor copyreg.pickle copyreg.remove_extension
    decimal.getcontext decimal.localcontext decimal.setcontext linecache.checkcache linecache.clearcache mimetypes.add_type mimetypes.init
    numpy.seterr numpy.seterrcall numpy.setbufsize numpy.set_printoptions re.purge time.sleep time.tzset uuid.uuid1
""")
_READING = _words("""
    asyncio.iscoroutine asyncio.iscoroutinefunction gc.get_count gc.get_debug gc.get_referents gc.get_referrers gc.get_stats gc.get_threshold
    gc.is_finalized gc.is_tracked gc.isenabled importlib.util.find_spec locale.atof locale.atoi locale.currency locale.format_string
    locale.getdefaultlocale locale.getlocale locale.getpreferredencoding locale.localeconv locale.strcoll locale.strxfrm logging.getLevelName
    numpy.random.default_rng random.Random random.SystemRandom secrets.compare_digest shutil.disk_usage shutil.get_terminal_size shutil.which
    signal.getitimer signal.getsignal signal.strsignal signal.valid_signals socket.getdefaulttimeout socket.gethostname socket.has_ipv6
    socket.htonl socket.htons socket.inet_aton socket.inet_ntoa socket.inet_ntop socket.inet_pton socket.ntohl socket.ntohs tempfile.gettempdir
    threading.Barrier threading.BoundedSemaphore threading.Condition threading.Event threading.Lock threading.RLock threading.Semaphore
    threading.active_count threading.current_thread threading.enumerate threading.get_ident threading.get_native_id threading.local
    threading.main_thread
""")
_OS = _words("""
    access cpu_count ctermid environ fstat fstatvfs fwalk get_blocking get_exec_path get_inheritable get_terminal_size getcwd getcwdb getegid
    getenv getenvb geteuid getgid getgroups getlogin getpgid getpgrp getpid getppid getpriority getresgid getresuid getsid getuid
    isatty listdir lstat path pathconf readlink scandir sched_getaffinity stat statvfs strerror sysconf terminal_size times uname urandom walk
""")
_SYS = _words("""
    __stderr__ __stdout__ addaudithook audit breakpointhook dont_write_bytecode excepthook meta_path modules path path_hooks stderr stdin stdout
    unraisablehook warnoptions
""")


def keeps(full: str) -> bool:
    """Whether the member of a module of this full name belongs to them. Constants, classes of exceptions and what only reads do not."""
    if full in _READING or is_pure(full):
        return False
    module, _, rest = full.partition(".")
    name = rest.partition(".")[0]
    if full.rpartition(".")[2].isupper() or not name:
        return False
    if module == "os":
        return name not in _OS and not name.isupper() and not hasattr(builtins, name)
    if module == "sys":
        return name in _SYS or name.startswith("set")
    return full in _MEMBERS or any(full.startswith(known + ".") for known in _MODULES) and not full.endswith(("Error", "Exception", "Warning"))


def used(function: Function, parts: frozenset[int]) -> dict[str, None]:
    """Full names of those that a function uses, in order; called or not, because a name can be called later. ``parts``: see ``reading.used``."""
    return dict.fromkeys(full for part, _, _ in function.chains if id(part) in parts for full in function.full_names(part) if keeps(full))
