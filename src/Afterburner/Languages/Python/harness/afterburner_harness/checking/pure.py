"""What a candidate may name beside what the original names: builtins, members of modules and methods that only compute.

Nothing here reads or keeps state of the process, looks at the clock, reaches a module through another one, or turns text
into a name. What is missing can be added; what is wrong here is a hole.
"""

import builtins


def _words(text):
    return frozenset(text.split())


BUILTINS = _words("""
    abs all any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate filter float format frozenset hash hex int
    isinstance issubclass iter len list map max memoryview min next object oct ord pow range repr reversed round set slice sorted str
    sum tuple zip True False None Ellipsis NotImplemented
""") | frozenset(
    name for name, value in vars(builtins).items()
    if isinstance(value, type) and issubclass(value, Exception) and name not in ("StopAsyncIteration",))

COMPUTING = BUILTINS - {"hash"}  # what it gives differs between processes

# The same on this machine, and something else on another. sys.maxsize is more than anything has on both kinds there are.
OF_MACHINE = frozenset((
    "os.altsep", "os.curdir", "os.extsep", "os.pardir", "os.pathsep", "os.sep", "os.path.sep", "posixpath.sep", "sys.float_info", "sys.hash_info",
    "sys.int_info"))

MODULES = {module: _words(names) for module, names in {
    "array": "array",
    "base64": "b64encode b64decode b32encode b32decode b16encode b16decode urlsafe_b64encode urlsafe_b64decode standard_b64encode standard_b64decode",
    "binascii": "hexlify unhexlify crc32 b2a_hex a2b_hex b2a_base64 a2b_base64",
    "bisect": "bisect bisect_left bisect_right insort insort_left insort_right",
    "calendar": "isleap leapdays monthrange weekday timegm",
    "cmath": "acos acosh asin asinh atan atanh cos cosh e exp inf isclose isfinite isinf isnan log log10 nan phase pi polar rect sin sinh sqrt tan tanh tau",
    "collections": "ChainMap Counter OrderedDict defaultdict deque",
    "collections.abc": """Callable Collection Container Generator Hashable ItemsView Iterable Iterator KeysView Mapping MappingView MutableMapping
        MutableSequence MutableSet Reversible Sequence Set Sized ValuesView""",
    "copy": "copy deepcopy",
    "dataclasses": "asdict astuple replace",
    "datetime": "date datetime time timedelta timezone MINYEAR MAXYEAR UTC",
    "decimal": "Decimal ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP InvalidOperation",
    "difflib": "SequenceMatcher get_close_matches",
    "fnmatch": "fnmatch fnmatchcase filter translate",
    "fractions": "Fraction",
    "functools": "cmp_to_key partial reduce",
    "graphlib": "TopologicalSorter CycleError",
    "hashlib": "blake2b blake2s md5 sha1 sha224 sha256 sha384 sha512 sha3_224 sha3_256 sha3_384 sha3_512",
    "heapq": "heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest",
    "html": "escape unescape",
    "itertools": """accumulate batched chain combinations combinations_with_replacement compress count cycle dropwhile filterfalse groupby islice
        pairwise permutations product repeat starmap takewhile tee zip_longest""",
    "json": "dumps loads JSONDecodeError",
    "keyword": "iskeyword",
    "math": """acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp exp2 expm1 fabs factorial floor
        fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt lcm ldexp lgamma log log10 log1p log2 modf nan nextafter perm pi pow
        prod radians remainder sin sinh sqrt sumprod tan tanh tau trunc ulp""",
    "numbers": "Complex Integral Number Rational Real",
    "operator": """abs add and_ attrgetter concat contains countOf eq floordiv ge getitem gt iadd iand iconcat ifloordiv ilshift imatmul imod imul
        index indexOf inv invert ior ipow irshift is_ is_not isub itemgetter itruediv ixor le length_hint lshift lt matmul methodcaller mod mul
        ne neg not_ or_ pos pow rshift sub truediv truth xor""",
    "os": "altsep curdir extsep fsdecode fsencode fspath pardir pathsep sep PathLike",
    "os.path": "basename commonpath commonprefix dirname isabs join normcase normpath relpath sep split splitdrive splitext",
    "posixpath": "basename commonpath commonprefix dirname isabs join normcase normpath relpath sep split splitdrive splitext",
    "re": """A ASCII I IGNORECASE M MULTILINE S DOTALL U UNICODE VERBOSE X Match Pattern compile error escape findall finditer fullmatch match
        search split sub subn""",
    "statistics": """fmean geometric_mean harmonic_mean mean median median_grouped median_high median_low mode multimode pstdev pvariance quantiles
        stdev variance""",
    "string": "ascii_letters ascii_lowercase ascii_uppercase capwords digits hexdigits octdigits printable punctuation whitespace",
    "struct": "Struct calcsize error iter_unpack pack pack_into unpack unpack_from",
    "sys": "float_info hash_info int_info intern maxsize",
    "textwrap": "dedent fill indent shorten wrap",
    "typing": """Any Callable Collection Counter DefaultDict Deque Dict Final FrozenSet Generator Iterable Iterator List Literal Mapping
        MutableMapping MutableSequence MutableSet Optional OrderedDict Sequence Set Tuple Type Union cast""",
    "unicodedata": "bidirectional category combining decimal decomposition digit east_asian_width lookup mirrored name normalize numeric",
    "urllib.parse": "parse_qs parse_qsl quote quote_plus unquote unquote_plus urldefrag urlencode urljoin urlparse urlsplit urlunparse urlunsplit",
    "zlib": "adler32 compress crc32 decompress",
    # Of a library only where the file imports it itself.
    "numpy": """abs add all allclose any arange argmax argmin argsort array array_equal asarray bincount bool_ ceil clip column_stack concatenate
        copy cos count_nonzero cross cumprod cumsum diff digitize divide dot einsum empty empty_like equal exp eye fabs flatnonzero flip float32
        float64 floor full full_like greater hstack identity in1d inf inner int16 int32 int64 int8 intersect1d isclose isfinite isin isinf isnan
        less linspace log log10 log2 logical_and logical_not logical_or matmul max maximum mean median meshgrid min minimum mod multiply nan nanmax
        nanmean nanmin nansum newaxis nonzero ones ones_like outer percentile pi power prod ravel repeat reshape roll round searchsorted
        setdiff1d sign sin sort sqrt square squeeze stack std subtract sum take tan tensordot tile transpose tril triu uint16 uint32 uint64 uint8
        unique var vstack where zeros zeros_like""",
}.items()}
LIBRARIES = frozenset(("numpy",))

METHODS = _words("""
    capitalize casefold center count encode endswith expandtabs find index isalnum isalpha isascii isdecimal isdigit isidentifier islower
    isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex
    rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill
    decode fromhex hex
    append clear copy extend insert pop remove reverse sort
    fromkeys get items keys popitem setdefault update values
    add difference difference_update discard intersection intersection_update isdisjoint issubset issuperset symmetric_difference
    symmetric_difference_update union
    appendleft extendleft maxlen popleft rotate elements most_common subtract total move_to_end
    as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag is_integer numerator real to_bytes
    flags groupindex groups pattern findall finditer fullmatch match search sub subn
    end expand group groupdict lastgroup lastindex span start
    combine date day days fold fromisocalendar fromisoformat fromordinal hour isocalendar isoformat isoweekday max microsecond microseconds min
    minute month second seconds strftime strptime timetz toordinal total_seconds tzinfo utc utcoffset weekday year
    is_finite is_infinite is_nan is_signed is_zero normalize quantize to_integral_value sqrt limit_denominator
    pack pack_into unpack unpack_from iter_unpack size
    frombytes fromlist itemsize tobytes tolist typecode cast nbytes
    digest hexdigest
    from_iterable
    ratio quick_ratio get_matching_blocks get_opcodes find_longest_match set_seq1 set_seq2 set_seqs static_order
    fragment geturl hostname netloc params path port query scheme
    args value strerror
    T all any argmax argmin argsort astype clip cumprod cumsum dot dtype fill flatten mean ndim nonzero prod ravel repeat reshape round shape
    squeeze std sum take transpose var
""")
