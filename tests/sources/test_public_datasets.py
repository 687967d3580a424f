"""The four shipped mappings against independent pandas code, to the cent."""

from decimal import Decimal

import pandas as pd
import pytest

from salesreview.contract.model import contract
from salesreview.contract.validate import validate
from salesreview.sources import mapping, stage

pytestmark = pytest.mark.data
SETS = ("maven_crm", "adventureworks_reseller", "superstore_zh_tableau", "classicmodels")


def table(folder, name, **options):
    return pd.read_csv(folder / name, dtype=str, keep_default_na=False, na_values=[""], **options)


def total(amounts):
    return sum(map(Decimal, amounts), Decimal(0))


@pytest.fixture(scope="module")
def typed(public_data, repository):
    """The typed tables of each set, validated once: query with ``typed(set, sql)``; ``typed.quality[set]``."""
    cons, quality = {}, {}

    def rows(name, sql):
        if name not in cons:
            staged = stage(public_data / name, name, mappings_dir=repository / "params" / "mappings")
            assert (staged.rejects, staged.warnings) == ((), ())
            quality[name] = validate(staged.connection)
            cons[name] = staged.connection
        return cons[name].execute(sql).fetchall()

    rows.quality = quality
    yield rows
    for con in cons.values():
        con.close()


def one(rows):
    assert len(rows) == 1
    return rows[0]


SALES = "SELECT count(*), count(DISTINCT order_id), sum(net_amount) FROM typed.order_lines"
HALF = (
    "SELECT sum(l.net_amount), count(DISTINCT o.order_id) FROM typed.orders AS o JOIN typed.order_lines AS l "
    "USING (order_id) WHERE o.status <> 'cancelled' AND o.order_date BETWEEN "
)


@pytest.mark.parametrize("name", SETS)
def test_every_mapping_states_what_it_leaves_out(repository, name):
    read = mapping.load(repository / "params" / "mappings" / name)
    assert {"orders", "order_lines", "products", "regions", "reps", "accounts"} <= set(read.queries)
    assert all(reason for reason in read.settings.not_available.values())


@pytest.mark.parametrize("name", SETS)
def test_nothing_is_lost_but_what_lacks_a_date(typed, name):
    typed(name, "SELECT 1")
    lost = {entry.name: entry.rows_quarantined for entry in typed.quality[name].tables if entry.rows_quarantined}
    assert lost == ({"opportunities": 500} if name == "maven_crm" else {})
    assert typed.quality[name].sales_affected == 0
    assert len(typed.quality[name].issues) == len(lost)


@pytest.mark.parametrize("name", SETS)
def test_enum_values_are_those_of_the_contract(typed, name):
    typed(name, "SELECT 1")
    for entry in typed.quality[name].tables:
        for column in contract()[entry.name].columns if entry.provided else ():
            if column.values:
                found = {value for (value,) in typed(name, f'SELECT DISTINCT "{column.name}" FROM typed.{entry.name}')}
                assert found - {None} <= set(column.values), f"{entry.name}.{column.name}"


@pytest.fixture(scope="module")
def pipeline(public_data):
    return table(public_data / "maven_crm", "sales_pipeline.csv")


class TestMavenCrm:
    def test_sales_are_the_won_deals(self, typed, pipeline):
        won = pipeline[pipeline.deal_stage == "Won"]
        assert one(typed("maven_crm", SALES)) == (4238, 4238, Decimal("10005534"))
        assert (len(won), total(won.close_value)) == (4238, Decimal("10005534"))
        closed = pd.to_datetime(won.close_date, format="%m/%d/%Y")
        half = won[(closed >= "2017-01-01") & (closed <= "2017-06-30")]
        assert one(typed("maven_crm", HALF + "'2017-01-01' AND '2017-06-30'")) == (total(half.close_value), len(half))

    def test_gtx_pro_joins_its_product(self, typed, pipeline):
        won = pipeline[pipeline.deal_stage == "Won"]
        expected = total(won[won["product"] == "GTXPro"].close_value)
        found = "SELECT sum(net_amount), count(*) FROM typed.order_lines WHERE product_id = 'GTX Pro'"
        assert one(typed("maven_crm", found)) == (expected, (won["product"] == "GTXPro").sum())
        assert one(typed("maven_crm", "SELECT count(*) FROM typed.order_lines WHERE product_id IS NULL")) == (0,)
        lists = "SELECT DISTINCT list_price FROM typed.order_lines WHERE product_id = 'GTX Pro'"
        assert one(typed("maven_crm", lists)) == (Decimal(4821),)

    def test_misspellings_are_mended(self, typed):
        sectors = {value for (value,) in typed("maven_crm", "SELECT industry FROM typed.accounts")}
        countries = {value for (value,) in typed("maven_crm", "SELECT country FROM typed.accounts")}
        assert "technology" in sectors and "technolgy" not in sectors
        assert "Philippines" in countries and "Philipines" not in countries

    def test_blank_accounts_are_allowed(self, typed, pipeline):
        engaged = pipeline[pipeline.engage_date.notna()]
        sql = "SELECT count(*) FILTER (WHERE account_id IS NULL), count(*) FROM typed.opportunities"
        assert one(typed("maven_crm", sql)) == (engaged.account.isna().sum(), 8300)

    def test_outcomes(self, typed):
        sql = "SELECT outcome, count(*), sum(amount) FROM typed.opportunities GROUP BY outcome ORDER BY outcome"
        expected = [("lost", 2473, None), ("open", 1589, None), ("won", 4238, Decimal(10005534))]
        assert typed("maven_crm", sql) == expected

    def test_teams_carry_no_personal_name(self, typed):
        names = [name for (name,) in typed("maven_crm", "SELECT name FROM typed.teams ORDER BY name")]
        assert names == ["Central 1", "Central 2", "East 1", "East 2", "West 1", "West 2"]

    def test_revenue_is_in_dollars(self, typed):
        sql = "SELECT annual_revenue FROM typed.accounts WHERE account_id = 'Acme Corporation'"
        assert one(typed("maven_crm", sql)) == (Decimal(1100040000),)


@pytest.fixture(scope="module")
def reseller_folder(public_data):
    return public_data / "adventureworks_reseller"


class TestAdventureWorks:
    def test_sales_and_costs(self, typed, reseller_folder):
        sales = table(reseller_folder, "Sales.csv", sep="|")
        assert one(typed("adventureworks_reseller", SALES)) == (57851, 3616, total(sales.Sales))
        costs = "SELECT sum(cost_amount), sum(qty) FROM typed.order_lines"
        assert one(typed("adventureworks_reseller", costs)) == (total(sales.Cost), total(sales.Quantity))
        assert total(sales.Sales) == Decimal("77548570.20")

    def test_a_half_year_by_region(self, typed, reseller_folder):
        sales = table(reseller_folder, "Sales.csv", sep="|").merge(
            table(reseller_folder, "Region.csv", sep="|"), on="SalesTerritoryKey"
        )
        half = sales[(sales.OrderDate >= "2019/07/01") & (sales.OrderDate <= "2019/12/31")]
        expected = {name: total(part.Sales) for name, part in half.groupby("Region")}
        sql = (
            "SELECT r.name, sum(l.net_amount) FROM typed.orders AS o JOIN typed.order_lines AS l USING (order_id) "
            "JOIN typed.regions AS r USING (region_id) WHERE o.order_date BETWEEN '2019-07-01' AND '2019-12-31' "
            "GROUP BY r.name"
        )
        assert dict(typed("adventureworks_reseller", sql)) == expected

    def test_lines_are_numbered_from_one_without_gap(self, typed):
        sql = (
            "SELECT count(*) FROM (SELECT max(CAST(line_no AS INTEGER)) AS last, count(*) AS lines "
            "FROM typed.order_lines GROUP BY order_id) AS numbered WHERE last <> lines"
        )
        assert one(typed("adventureworks_reseller", sql)) == (0,)

    def test_a_product_with_a_new_cost_is_the_same_product(self, typed, reseller_folder):
        named = table(reseller_folder, "Product.csv", sep="|")
        sold = table(reseller_folder, "Sales.csv", sep="|").merge(named, on="ProductKey")
        sql = "SELECT count(*), count(DISTINCT product_id) FROM typed.products"
        assert one(typed("adventureworks_reseller", sql)) == (named.Product.nunique(),) * 2
        sql = "SELECT product_id, sum(net_amount) FROM typed.order_lines GROUP BY product_id"
        expected = {name: total(part.Sales) for name, part in sold.groupby("Product")}
        assert dict(typed("adventureworks_reseller", sql)) == expected
        latest = named[named.Product == "HL Road Frame - Red, 44"]
        cost = latest.assign(key=latest.ProductKey.astype(int)).sort_values("key")["Standard Cost"].iloc[-1]
        sql = "SELECT std_cost FROM typed.products WHERE product_id = 'HL Road Frame - Red, 44'"
        assert len(latest) > 1 and one(typed("adventureworks_reseller", sql)) == (Decimal(cost),)

    def test_no_manager_among_the_targets(self, typed, reseller_folder):
        people = table(reseller_folder, "Salesperson.csv", sep="|")
        targets = table(reseller_folder, "Targets.csv", sep="|").merge(people, on="EmployeeID")
        own = targets[~targets.Title.str.contains("Manager|Director")]
        sql = "SELECT count(*), count(DISTINCT member), sum(value) FROM typed.targets WHERE dim = 'rep'"
        assert one(typed("adventureworks_reseller", sql)) == (641, 14, total(own.TargetAmount))
        managers = set(people[people.Title.str.contains("Manager|Director")].EmployeeKey)
        found = {value for (value,) in typed("adventureworks_reseller", "SELECT member FROM typed.targets")}
        assert not managers & found
        assert one(typed("adventureworks_reseller", "SELECT count(*) FROM typed.reps WHERE quota_carrying")) == (14,)

    def test_the_total_of_a_month_is_the_sum_of_its_persons(self, typed):
        sql = (
            "SELECT sum(value) FILTER (WHERE dim = 'total'), sum(value) FILTER (WHERE dim = 'rep') "
            "FROM typed.targets WHERE period_start BETWEEN '2019-07-01' AND '2019-12-31'"
        )
        whole, parts = one(typed("adventureworks_reseller", sql))
        assert whole == parts > 0
        period = "SELECT period_code, period_start, period_end FROM typed.targets WHERE target_id = 'total-2020-02'"
        code, start, end = one(typed("adventureworks_reseller", period))
        assert (code, f"{start}", f"{end}") == ("2020-M02", "2020-02-01", "2020-02-29")


@pytest.fixture(scope="module")
def superstore(public_data):
    """Amounts carry binary noise such as 125.43999999999998; four decimals are exact."""
    lines = table(public_data / "superstore_zh_tableau", "订单_gbk.csv", encoding="gb18030")
    for column in ("销售额", "利润"):
        lines[column] = [Decimal(text).quantize(Decimal("0.0001")) for text in lines[column]]
    return lines


class TestSuperstore:
    def test_sales_and_costs(self, typed, superstore):
        assert one(typed("superstore_zh_tableau", "SELECT count(*) FROM typed.order_lines")) == (9959,)
        sales, cost = one(
            typed("superstore_zh_tableau", "SELECT sum(net_amount), sum(cost_amount) FROM typed.order_lines")
        )
        assert sales == total(superstore.销售额) == Decimal("16068954.125")
        assert cost == total(superstore.销售额) - total(superstore.利润)

    def test_an_order_is_one_customer_on_one_day(self, typed, superstore):
        grain = ["订单 ID", "客户 ID", "订单日期"]
        others = ["发货日期", "装运模式", "细分", "城市", "省/自治区", "区域"]
        assert superstore.groupby(grain)[others].nunique().max().max() == 1
        assert one(typed("superstore_zh_tableau", "SELECT count(*) FROM typed.orders")) == (
            superstore.groupby(grain).ngroups,
        )
        half = superstore[(superstore.订单日期 >= "2023-01-01") & (superstore.订单日期 <= "2023-06-30")]
        sales, orders = one(typed("superstore_zh_tableau", HALF + "'2023-01-01' AND '2023-06-30'"))
        assert (sales, orders) == (total(half.销售额), half.groupby(grain).ngroups)

    def test_sales_by_region_and_its_manager(self, typed, superstore, public_data):
        managers = table(public_data / "superstore_zh_tableau", "销售人员_utf8bom.csv", encoding="utf-8-sig")
        expected = {
            (region, manager): total(superstore[superstore.区域 == region].销售额)
            for region, manager in managers.itertuples(index=False)
        }
        sql = (
            "SELECT o.region_id, o.rep_id, sum(l.net_amount) FROM typed.orders AS o "
            "JOIN typed.order_lines AS l USING (order_id) GROUP BY o.region_id, o.rep_id"
        )
        found = {(region, rep): sales for region, rep, sales in typed("superstore_zh_tableau", sql)}
        assert found == expected

    def test_products_with_two_names_are_two_products(self, typed, superstore):
        expected = {name: total(part.销售额) for name, part in superstore.groupby("产品名称")}
        sql = (
            "SELECT p.name, sum(l.net_amount) FROM typed.order_lines AS l JOIN typed.products AS p USING (product_id) "
            "GROUP BY p.name"
        )
        assert {name: sales for name, sales in typed("superstore_zh_tableau", sql)} == expected
        pairs = superstore.groupby(["产品 ID", "产品名称"]).ngroups
        assert one(typed("superstore_zh_tableau", "SELECT count(*) FROM typed.products")) == (pairs,)


@pytest.fixture(scope="module")
def classic(public_data):
    folder = public_data / "classicmodels"
    lines = table(folder, "orderdetails.csv").merge(table(folder, "orders.csv"), on="orderNumber")
    lines = lines.merge(table(folder, "products.csv")[["productCode", "buyPrice"]], on="productCode")
    lines["net"] = [Decimal(q) * Decimal(p) for q, p in zip(lines.quantityOrdered, lines.priceEach, strict=True)]
    lines["cost"] = [Decimal(q) * Decimal(p) for q, p in zip(lines.quantityOrdered, lines.buyPrice, strict=True)]
    return lines


class TestClassicModels:
    def test_sales_costs_and_payments(self, typed, classic, public_data):
        assert one(typed("classicmodels", SALES)) == (2996, 326, classic.net.sum())
        assert one(typed("classicmodels", "SELECT sum(cost_amount) FROM typed.order_lines")) == (classic.cost.sum(),)
        payments = table(public_data / "classicmodels", "payments.csv")
        assert one(typed("classicmodels", "SELECT count(*), sum(amount) FROM typed.payments")) == (
            273,
            total(payments.amount),
        )

    def test_a_half_year_without_cancelled_orders(self, typed, classic):
        half = classic[(classic.orderDate >= "2004-01-01") & (classic.orderDate <= "2004-06-30")]
        half = half[half.status != "Cancelled"]
        expected = (half.net.sum(), half.orderNumber.nunique())
        assert one(typed("classicmodels", HALF + "'2004-01-01' AND '2004-06-30'")) == expected

    def test_the_territory_called_na_is_kept(self, typed, classic, public_data):
        folder = public_data / "classicmodels"
        places = table(folder, "employees.csv").merge(table(folder, "offices.csv"), on="officeCode")
        owners = table(folder, "customers.csv").merge(
            places[["employeeNumber", "territory"]], left_on="salesRepEmployeeNumber", right_on="employeeNumber"
        )
        sold = classic.merge(owners[["customerNumber", "territory"]], on="customerNumber", how="left")
        sql = (
            "SELECT o.region_id, sum(l.net_amount) FROM typed.orders AS o JOIN typed.order_lines AS l "
            "USING (order_id) GROUP BY o.region_id"
        )
        assert dict(typed("classicmodels", sql)) == sold.groupby("territory").net.sum().to_dict()
        assert one(typed("classicmodels", "SELECT name FROM typed.regions WHERE region_id = 'NA'")) == ("NA",)

    def test_status_values(self, typed):
        sql = "SELECT status, count(*) FROM typed.orders GROUP BY status"
        assert dict(typed("classicmodels", sql)) == {"shipped": 306, "done": 4, "open": 10, "cancelled": 6}

    def test_customers_without_a_person_have_no_orders(self, typed):
        sql = (
            "SELECT count(DISTINCT a.account_id), count(o.order_id) FROM typed.accounts AS a "
            "LEFT JOIN typed.orders AS o USING (account_id) WHERE a.owner_rep_id IS NULL"
        )
        assert one(typed("classicmodels", sql)) == (22, 0)

    def test_each_person_reports_to_a_team_with_a_manager(self, typed):
        sql = "SELECT r.rep_id FROM typed.reps AS r LEFT JOIN typed.teams AS t USING (team_id) WHERE t.team_id IS NULL"
        assert typed("classicmodels", sql) == [("1002",)]
