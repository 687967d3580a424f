"""Packs of real public data: leading figures equal independent pandas calculations on the raw files."""

import pandas as pd
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.data]
TEXT = {"dtype": str, "keep_default_na": False}


def half(days: pd.Series, year: int) -> pd.Series:
    return (days >= f"{year}-01-01") & (days <= f"{year}-06-30")


@pytest.fixture(scope="module")
def pack_of(build, public_data):
    built = {}

    def get(name: str, year: int):
        if name not in built:
            source = str(public_data / name)
            built[name] = build("H1", "--year", str(year), "--source", source, "--mapping", name)
        return built[name]

    return get


def check(pack, *, sales, orders, average):
    assert pack.value("sales") == pytest.approx(sales, abs=0.5)
    assert pack.value("order_count") == orders
    assert pack.value("aov") == pytest.approx(average, rel=1e-6)


def test_maven_crm(pack_of, public_data):
    deals = pd.read_csv(public_data / "maven_crm" / "sales_pipeline.csv", **TEXT)
    closed = pd.to_datetime(deals.close_date, format="%m/%d/%Y")
    value = pd.to_numeric(deals.close_value)
    mine = half(closed, 2017)
    won = value[(deals.deal_stage == "Won") & mine]
    lost = ((deals.deal_stage == "Lost") & mine).sum()
    pack = pack_of("maven_crm", 2017)
    check(pack, sales=won.sum(), orders=len(won), average=won.sum() / (won > 0).sum())
    assert pack.value("win_rate") == pytest.approx(len(won) / (len(won) + lost), abs=1e-9)
    assert pack.value("attainment") is None


def test_adventureworks(pack_of, public_data):
    folder = public_data / "adventureworks_reseller"
    lines = pd.read_csv(folder / "Sales.csv", sep="|", **TEXT)
    mine = lines[half(pd.to_datetime(lines.OrderDate), 2019)]
    amount = pd.to_numeric(mine.Sales)
    orders = amount.groupby(mine.SalesOrderNumber).sum()
    people = pd.read_csv(folder / "Salesperson.csv", sep="|", **TEXT)
    sellers = people[~people.Title.str.contains("Manager|Director|Vice")].EmployeeID
    targets = pd.read_csv(folder / "Targets.csv", sep="|", **TEXT)
    due = targets[half(pd.to_datetime(targets.TargetMonth), 2019) & targets.EmployeeID.isin(sellers)]
    pack = pack_of("adventureworks_reseller", 2019)
    check(pack, sales=amount.sum(), orders=len(orders), average=amount.sum() / (orders > 0).sum())
    assert pack.value("attainment") == pytest.approx(amount.sum() / pd.to_numeric(due.TargetAmount).sum(), rel=1e-6)
    cost = pd.to_numeric(mine.Cost).sum()
    assert pack.value("gm_pct") == pytest.approx(1 - cost / amount.sum(), abs=1e-6)


def test_superstore(pack_of, public_data):
    lines = pd.read_csv(public_data / "superstore_zh_tableau" / "订单_gbk.csv", encoding="gb18030", **TEXT)
    day, amount = pd.to_datetime(lines["订单日期"]), pd.to_numeric(lines["销售额"])
    mine = half(day, 2023)
    # an order id recurs for other customers on other days, so the three together make an order
    orders = amount[mine].groupby([lines[column][mine] for column in ("订单 ID", "客户 ID", "订单日期")]).sum()
    pack = pack_of("superstore_zh_tableau", 2023)
    check(pack, sales=amount[mine].sum(), orders=len(orders), average=amount[mine].sum() / (orders > 0).sum())
    before = amount[half(day, 2022)].sum()
    assert pack.value("sales", comparison="yoy") == pytest.approx(amount[mine].sum() / before - 1, abs=1e-6)
    east = amount[mine & (lines["区域"] == "华东")].sum()
    assert pack.value("sales", dimension="region", member="华东") == pytest.approx(east, abs=0.5)
    assert pack.value("attainment") is None


def test_classic_models(pack_of, public_data):
    folder = public_data / "classicmodels"
    orders = pd.read_csv(folder / "orders.csv", **TEXT)
    lines = pd.read_csv(folder / "orderdetails.csv", **TEXT).merge(orders, on="orderNumber")
    lines["amount"] = pd.to_numeric(lines.quantityOrdered) * pd.to_numeric(lines.priceEach)
    mine = lines[half(pd.to_datetime(lines.orderDate), 2004) & (lines.status != "Cancelled")]
    pack = pack_of("classicmodels", 2004)
    count = mine.orderNumber.nunique()
    check(pack, sales=mine.amount.sum(), orders=count, average=mine.amount.sum() / count)
    payments = pd.read_csv(folder / "payments.csv", **TEXT)
    paid = pd.to_numeric(payments.amount)[half(pd.to_datetime(payments.paymentDate), 2004)].sum()
    assert pack.value("collected", variant="process") == pytest.approx(paid, abs=0.5)
    regions = {record["member"] for record in pack.records if record["dimension"] == "region"}
    assert "NA" in regions


@pytest.mark.parametrize(
    ("name", "year"),
    [("maven_crm", 2017), ("adventureworks_reseller", 2019), ("superstore_zh_tableau", 2023), ("classicmodels", 2004)],
)
def test_each_pack_is_whole_and_says_what_is_missing(pack_of, name, year):
    pack = pack_of(name, year)
    variants = ("data_driven", "team", "market", "process", "key_account")
    for variant in variants:
        assert (pack.folder / "zh" / f"{variant}.html").stat().st_size > 20_000
        assert (pack.folder / "zh" / f"{variant}.pdf").read_bytes()[:5] == b"%PDF-"
    assert "数据未提供" in (pack.folder / "zh" / "data_driven.html").read_text(encoding="utf-8")
