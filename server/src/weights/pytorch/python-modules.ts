/**
 * The modules of Python itself, those of Python 2 too, but for the ones whose names begin with an
 * underscore. From `sys.stdlib_module_names` of Python 3.11 and the lists of modules in the manuals
 * of 2.7, 3.13 and 3.14.
 */
const MODULES = new Set(
  `abc aifc annotationlib antigravity anydbm argparse array ast asynchat asyncio asyncore atexit
  audioop base64 BaseHTTPServer Bastion bdb binascii binhex bisect bsddb builtins bz2 calendar
  cgi CGIHTTPServer cgitb chunk cmath cmd code codecs codeop collections colorsys commands
  compileall compiler compression concurrent configparser ConfigParser contextlib contextvars
  Cookie cookielib copy copy_reg copyreg cPickle cProfile crypt cStringIO csv ctypes curses
  dataclasses datetime dbhash dbm decimal difflib dircache dis distutils dl doctest
  DocXMLRPCServer dumbdbm dummy_thread dummy_threading email encodings ensurepip enum errno
  exceptions faulthandler fcntl filecmp fileinput fnmatch formatter fractions ftplib functools
  future_builtins gc gdbm genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq
  hmac hotshot html htmlentitydefs htmllib HTMLParser http httplib idlelib ihooks imaplib imghdr
  imp importlib imputil inspect io ipaddress itertools json keyword lib2to3 linecache locale
  logging lzma macpath mailbox mailcap marshal math md5 mhlib mimetools mimetypes MimeWriter
  mimify mmap modulefinder msilib msvcrt multifile multiprocessing mutex netrc new nis nntplib nt
  ntpath nturl2path numbers opcode operator optparse os os2emxpath ossaudiodev parser pathlib pdb
  pickle pickletools pipes pkgutil platform plistlib popen2 poplib posix posixfile posixpath
  pprint profile pstats pty pwd py_compile pyclbr pydoc pydoc_data pyexpat Queue queue quopri
  random re readline repr reprlib resource rexec rfc822 rlcompleter robotparser runpy sched
  secrets select selectors sets sgmllib sha shelve shlex shutil signal SimpleHTTPServer
  SimpleXMLRPCServer site smtpd smtplib sndhdr socket SocketServer socketserver spwd sqlite3
  sre_compile sre_constants sre_parse ssl stat statistics statvfs string StringIO stringprep
  struct subprocess sunau symbol symtable sys sysconfig syslog tabnanny tarfile telnetlib
  tempfile termios textwrap this thread threading time timeit Tkinter tkinter toaiff token
  tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata
  unittest urllib urllib2 urlparse user UserDict UserList UserString uu uuid venv warnings wave
  weakref webbrowser whichdb winreg winsound wsgiref xdrlib xml xmllib xmlrpc xmlrpclib zipapp
  zipfile zipimport zlib zoneinfo`.split(/\s+/),
);

/** True for a module of Python itself: its parts do things, where a class of settings only keeps them. */
export function isPythonModule(module: string): boolean {
  const root = module.split('.', 1)[0] as string;
  return MODULES.has(root) || (root.startsWith('_') && root !== '__main__');
}
