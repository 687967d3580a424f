"""Invented names of firms and people. None is meant to be a real firm; a few are nasty on purpose."""

import numpy as np

COMPANY_NAME = "澄岳智造科技股份有限公司"
COMPANY_NAME_EN = "Chengyue Smart Manufacturing"

PLACES = {
    "华东": ["苏州", "无锡", "宁波", "嘉兴", "常州", "南通", "合肥", "绍兴", "芜湖", "温州", "烟台", "潍坊"],
    "华南": ["东莞", "佛山", "中山", "惠州", "珠海", "厦门", "泉州", "南宁", "漳州", "江门"],
    "华北": ["天津", "唐山", "保定", "廊坊", "太原", "石家庄", "沧州", "郑州", "洛阳", "包头"],
    "西南": ["成都", "重庆", "绵阳", "德阳", "贵阳", "昆明", "宜宾", "遵义", "自贡"],
    "西北": ["西安", "宝鸡", "咸阳", "兰州", "银川", "乌鲁木齐", "天水", "西宁"],
    "东北": ["沈阳", "大连", "长春", "哈尔滨", "鞍山", "吉林", "齐齐哈尔", "营口"],
}
FIRST = "澜旭硕衡筑锐启鼎凌朗弘嵘钧泽翰煜曜珩骁铭沃瀚晟翊霖砺皓歌葳棠"
SECOND = "图澈岭禾岚川陌原序卓帆合辰屿谷溪拓纬桥叶陵砚沅津渡禹森舟巍朔"
TRADES = {
    "汽车零部件": ["汽车部件", "精密压铸", "底盘系统", "车用内饰"],
    "电子电器": ["电子科技", "精密电子", "光电", "半导体设备"],
    "机械装备": ["机械制造", "重工装备", "数控机床", "液压机械"],
    "食品饮料": ["食品", "饮品", "乳品", "粮油工业"],
    "医药化工": ["制药", "生物科技", "精细化工", "新材料"],
    "新能源": ["新能源", "储能科技", "光伏设备", "动力电池"],
    "冶金建材": ["特钢", "铝业", "建材", "玻璃科技"],
    "物流仓储": ["供应链管理", "仓储装备", "物流科技"],
}
FORMS = ["有限公司", "股份有限公司", "(集团)有限公司", "有限责任公司"]
NASTY = [
    "=SUM(澜图)精密机械有限公司",
    "+旭澈自动化有限公司",
    '苏州"硕岭"电子<华东>有限公司',
    "衡禾 & 筑岚 (合资) 新能源有限公司",
    "广东䶮川光电股份有限公司",
    "㛃陌食品有限公司",
    "Halvorsen & Brandt Process Control (Tianjin) Co., Ltd.",
    "重庆锐原, 启序联合仓储有限公司",
    "NA",
    "西安'鼎卓'数控机床有限责任公司",
]
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许邓韩冯曹彭曾肖田董袁潘蒋蔡余"
GIVEN = [
    "志远",
    "思敏",
    "建国",
    "雨桐",
    "浩然",
    "晓琳",
    "俊杰",
    "佳宁",
    "文博",
    "丽华",
    "子轩",
    "慧敏",
    "国栋",
    "婷婷",
    "明辉",
    "雅静",
    "永强",
    "梦洁",
    "海涛",
    "静怡",
    "宏伟",
    "欣怡",
    "立群",
    "若曦",
    "振宇",
    "春梅",
    "嘉豪",
    "诗涵",
    "伟",
    "芳",
    "磊",
    "洋",
    "娜",
    "军",
    "敏",
    "超",
    "琪",
    "斌",
    "颖",
    "鹏",
]


def account_names(rng: np.random.Generator, regions: np.ndarray, industries: np.ndarray) -> np.ndarray:
    """One distinct invented firm name per account, of its region and trade; the nasty ones replace some."""
    count = len(regions)
    brands = np.array([a + b for a in FIRST for b in SECOND], dtype=object)
    reuse = -(-count // len(brands))
    brand = np.concatenate([rng.permutation(brands) for _ in range(reuse)])[:count]
    draws = rng.random((count, 3))
    names = np.empty(count, dtype=object)
    seen: set[str] = set()
    for index, (region, industry, (a, b, c)) in enumerate(zip(regions, industries, draws, strict=True)):
        places, trades = PLACES[region], TRADES[industry]
        form = FORMS[0] if c < 0.7 else FORMS[int(c * 40) % len(FORMS)]
        name = f"{places[int(a * len(places))]}{brand[index]}{trades[int(b * len(trades))]}{form}"
        names[index] = name if name not in seen else name.replace(form, f"第{index}分公司")
        seen.add(names[index])
    places = np.linspace(count * 0.05, count * 0.9, len(NASTY)).astype(int)
    names[places] = NASTY
    return names


def person_names(rng: np.random.Generator, count: int) -> np.ndarray:
    """Distinct names of people while the lists last."""
    everyone = np.array([surname + given for surname in SURNAMES for given in GIVEN], dtype=object)
    return np.concatenate([rng.permutation(everyone) for _ in range(-(-count // len(everyone)))])[:count]
