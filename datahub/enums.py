from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sharing(TextChoices):
    """Who beside the owner may use a resource (政务信息资源共享属性)."""

    UNCONDITIONAL = "unconditional", _("无条件共享")
    CONDITIONAL = "conditional", _("有条件共享")
    WITHHELD = "withheld", _("不予共享")


class Frequency(TextChoices):
    """How often the owner has promised to update a resource."""

    REALTIME = "realtime", _("实时")
    DAILY = "daily", _("每日")
    WEEKLY = "weekly", _("每周")
    MONTHLY = "monthly", _("每月")
    QUARTERLY = "quarterly", _("每季度")
    YEARLY = "yearly", _("每年")
    IRREGULAR = "irregular", _("不定期")


class ColumnType(TextChoices):
    TEXT = "text", _("文本")
    INTEGER = "integer", _("整数")
    DECIMAL = "decimal", _("小数")
    DATE = "date", _("日期")
    DATETIME = "datetime", _("日期时间")
    BOOLEAN = "boolean", _("是否")
    CODE = "code", _("代码")
    ID_NUMBER = "id_number", _("公民身份号码")
    MOBILE = "mobile", _("手机号")
    USCC = "uscc", _("统一社会信用代码")
    POINT = "point", _("坐标点")


class PersonalClass(TextChoices):
    """What a column tells about a person, and so how it is masked."""

    NONE = "none", _("非个人信息")
    NAME = "name", _("姓名")
    ID_NUMBER = "id_number", _("证件号码")
    PHONE = "phone", _("电话")
    ADDRESS = "address", _("住址")
    SENSITIVE = "sensitive", _("敏感个人信息")


class Fault(TextChoices):
    """Why a value, or a whole row, cannot be taken."""

    MISSING = "missing", _("必填项为空")
    CONTROL = "control", _("含有不可见的控制字符")
    FORMULA = "formula", _("单元格是公式，请粘贴为数值")
    ERROR_CELL = "error_cell", _("单元格是错误值")
    NESTED = "nested", _("不是单个的值")
    SHAPE = "shape", _("列数与表头不符")
    ENCODING = "encoding", _("编码有误，无法读出文字")
    JSON = "json", _("不是一个 JSON 对象")
    DUPLICATE = "duplicate", _("主键与文件中前面的行重复，内容不同")
    EXISTS = "exists", _("主键已存在，追加不改已有的行")
    INTEGER = "integer", _("不是整数")
    DECIMAL = "decimal", _("不是数字")
    DATE = "date", _("不是有效日期")
    DATETIME = "datetime", _("不是有效的日期时间")
    BOOLEAN = "boolean", _("不是“是”或“否”")
    CODE = "code", _("不在代码表中")
    ID_NUMBER = "id_number", _("不是 18 位公民身份号码")
    CHECK_DIGIT = "check_digit", _("校验码不符")
    LOST_DIGITS = (
        "lost_digits",
        _("号码被表格软件变成了数值，末几位已丢失，请将该列设为文本后重新导出"),
    )
    MOBILE = "mobile", _("不是 11 位手机号")
    USCC = "uscc", _("不是 18 位统一社会信用代码")
    POINT = "point", _("不是“经度,纬度”")
    GEOMETRY = "geometry", _("几何不是单个的点，或无法读取")
    SWAPPED = "swapped", _("经度与纬度写反了")
    PATTERN = "pattern", _("不符合规定的格式")
    TOO_SMALL = "too_small", _("小于下限（或过短）")
    TOO_LARGE = "too_large", _("大于上限（或过长）")


class LoadMode(TextChoices):
    FULL = "full", _("全量替换")
    APPEND = "append", _("追加")
    UPSERT = "upsert", _("更新（按主键）")


class LoadState(TextChoices):
    WAITING = "waiting", _("排队")
    STAGING = "staging", _("读入文件")
    CHECKING = "checking", _("校验写入")
    DONE = "done", _("已完成")
    REFUSED = "refused", _("已拒绝")
    CANCELLED = "cancelled", _("已取消")
    FAILED = "failed", _("出错")
    UNDONE = "undone", _("已撤销")


class Dimension(TextChoices):
    """The sides of data quality (GB/T 36344)."""

    COMPLETENESS = "completeness", _("完整性")
    VALIDITY = "validity", _("规范性")
    UNIQUENESS = "uniqueness", _("唯一性")
    TIMELINESS = "timeliness", _("及时性")
    CONSISTENCY = "consistency", _("一致性")


class RuleKind(TextChoices):
    """What a rule of quality looks at, beyond what the schema asks of each value."""

    FILLED = "filled", _("该列应有值")
    UNIQUE = "unique", _("该列的值不应重复")
    ORDERED = "ordered", _("该列不应大于另一列")
    RECENT = "recent", _("该列最新的日期不应早于若干天前")
    REFERS = "refers", _("该列的值应在另一资源中存在")


class Reach(TextChoices):
    """Whom a reminder of overdue data reaches."""

    LOADERS = "loaders", _("提供部门的数据报送员")
    OWNERS = "owners", _("提供部门的全体在岗人员")
    ADMINISTRATORS = "administrators", _("目录管理员")


class RequestState(TextChoices):
    """What became of a request for sharing."""

    WAITING = "waiting", _("待审批")
    APPROVED = "approved", _("已授权")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")
    REVOKED = "revoked", _("已收回")
    ENDED = "ended", _("已到期")


class CheckKind(TextChoices):
    """What a cross-check takes for a finding."""

    BOTH = "both", _("各方都有")
    MISSING = "missing", _("有一方没有")
    DIFFER = "differ", _("各方都有而数值不一")


class FindingState(TextChoices):
    """What became of a finding."""

    OPEN = "open", _("待处理")
    ORDERED = "ordered", _("已转工单")
    DISMISSED = "dismissed", _("已排除")
    GONE = "gone", _("已消失")


class Treatment(TextChoices):
    """What happens to a column before it is published to everybody."""

    DROP = "drop", _("不公开")
    RAW = "raw", _("原样公开")
    MASK = "mask", _("遮盖")
    MONTH = "month", _("只到年月")
    YEAR = "year", _("只到年")
    BAND = "band", _("归入区间")
    PREFIX = "prefix", _("只留前几位")
    COMMUNITY = "community", _("只到社区")
    STREET = "street", _("只到街道")


class PublicationState(TextChoices):
    """What became of a publication of open data."""

    WAITING = "waiting", _("正在脱敏")
    PREPARED = "prepared", _("待发布")
    FAILED = "failed", _("无法公开")
    PUBLISHED = "published", _("已公开")
    REPLACED = "replaced", _("已有新版")
    WITHDRAWN = "withdrawn", _("已撤回")


class Library(TextChoices):
    """Which base library (基础库) a resource belongs to."""

    RESIDENTS = "residents", _("人口库")
    CERTIFICATES = "certificates", _("证照库")
    FILES = "files", _("文件库")
    ADDRESSES = "addresses", _("地址库")


class SourceKind(TextChoices):
    """Where a resource's data is fetched from."""

    WEB = "web", _("网址（HTTP、HTTPS）")
    DATABASE = "database", _("数据库（PostgreSQL，只读）")


class FileFormat(TextChoices):
    """What a fetched file is, as it would be handed in."""

    CSV = "csv", _("CSV")
    XLSX = "xlsx", _("xlsx")
    JSONL = "jsonl", _("JSON lines")
    GEOJSON = "geojson", _("GeoJSON")
    SHAPEFILE = "zip", _("Shapefile 的 zip")


class SourceAuth(TextChoices):
    """How a source is told who asks."""

    NONE = "none", _("不需要")
    BASIC = "basic", _("用户名和密码")
    HEADER = "header", _("请求头中的令牌")


class Cadence(TextChoices):
    """How often a source is fetched."""

    BY_HAND = "by_hand", _("只在有人点“现在取一次”时")
    QUARTER_HOUR = "quarter_hour", _("每 15 分钟")
    HOURLY = "hourly", _("每小时")
    DAILY = "daily", _("每天")
    WEEKLY = "weekly", _("每周一")
    MONTHLY = "monthly", _("每月 1 日")


class FetchState(TextChoices):
    """What became of one attempt to fetch."""

    RUNNING = "running", _("正在取")
    LOADED = "loaded", _("已取到，转为装载")
    UNCHANGED = "unchanged", _("内容没有变化")
    FAILED = "failed", _("没有取到")


class Statistic(TextChoices):
    """What can be told of a column over a group of rows."""

    FILLED = "filled", _("非空数")
    DISTINCT = "distinct", _("不同值数")
    SUM = "sum", _("合计")
    MEAN = "mean", _("平均")
    MINIMUM = "minimum", _("最小")
    MAXIMUM = "maximum", _("最大")
    QUANTILE = "quantile", _("分位数")


class TimeStep(TextChoices):
    """How finely dates are grouped."""

    YEAR = "year", _("年")
    MONTH = "month", _("月")
    DAY = "day", _("日")


class Engine(TextChoices):
    """Where groups of rows are worked out."""

    POSTGRESQL = "postgresql", _("PostgreSQL")
    EMBEDDED = "embedded", _("内嵌引擎")
    DISTRIBUTED = "distributed", _("分布式引擎")
