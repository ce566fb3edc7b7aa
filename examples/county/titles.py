"""Titles as a county writes them. Every place and name is invented."""

from __future__ import annotations

import random

TOWNS = (
    "青溪镇",
    "白石乡",
    "松林镇",
    "河口乡",
    "云峰街道",
    "石桥镇",
    "南坪乡",
    "竹山乡",
    "马鞍镇",
    "水磨乡",
)
VILLAGES = (
    "桃源村",
    "大湾村",
    "半坡村",
    "沙坪村",
    "龙潭村",
    "柳树村",
    "上寨村",
    "向阳村",
    "双井村",
    "麻栗村",
)
CROPS = ("茶叶", "板栗", "黄桃", "猕猴桃", "香菇", "魔芋", "蓝莓", "稻花鱼", "中药材", "土蜂蜜")
PEOPLE = ("周大贵", "陈秀兰", "罗永福", "杨小满", "何春燕", "谭正国", "向云霞", "赵铁山")

EVERY_MONTH = (
    "{town}：{crop}丰收，村民笑开颜",
    "{village}的{crop}卖到了省城",
    "云岭县召开乡村振兴重点工作推进会",
    "移风易俗｜{village}红白理事会让喜事新办、丧事简办",
    "移风易俗进{town}：少一桌酒席，多一份心安",
    "【文明实践】{town}志愿者走进{village}",
    "{person}：守了{n}年的护林员",
    "云岭好人｜{person}和他的{n}个“孩子”",
    "{town}{village}通了公交车",
    "注意！{town}部分区域计划停电",
    "云岭县公开招聘工作人员{n}名",
    "{town}便民服务中心“一窗通办”上线",
    "记者走基层｜在{village}，听{crop}合作社算一笔账",
    "云岭县{n}个重点项目集中开工",
    "{village}：小菜园里的大治理",
    "反诈提醒：{town}一居民险被骗{n}万元",
    "云岭公安侦破一起盗窃案，追回财物{n}件",
    "{town}：{n}公里产业路修到家门口",
    "县人民医院专家到{town}义诊",
    "{village}的夜校开课了，第一课讲{crop}",
    "今天的云岭，美成了一幅画（{town}篇）",
    "{person}返乡创业：{crop}直播间一晚卖了{n}单",
    "云岭县领导到{town}调研基层治理",
    "融媒问政｜{town}这条断头路什么时候修？",
    "{town}寻人：老人走失，看到请联系",
)

BY_MONTH = {
    1: (
        "腊月里的{village}：杀年猪、打糍粑",
        "云岭县两会今日开幕",
        "{town}开展低温雨雪防范应对",
        "年货节上的云岭{crop}",
    ),
    2: (
        "春节我在岗｜{person}的第{n}个除夕",
        "{village}村晚开演，{n}个节目全是自编自演",
        "返岗专车从{town}出发",
        "元宵节，{town}龙灯舞起来",
    ),
    3: (
        "{town}明前茶开采",
        "春耕正当时：{village}机声隆隆",
        "森林防火｜{town}{n}名巡护员上岗",
        "植树节，{town}新添绿树{n}百亩",
    ),
    4: (
        "云岭茶叶节{n}个看点",
        "茶叶节上，{village}的手工茶拍出好价",
        "清明祭英烈，{town}学生走进烈士陵园",
        "{town}茶山游人如织",
    ),
    5: (
        "五一假期，{town}接待游客{n}千人次",
        "{village}插秧比赛，谁是第一名？",
        "劳动者之歌｜{person}",
        "防灾减灾日，{town}开展应急演练",
    ),
    6: (
        "高考护航：{town}爱心送考车队集结",
        "致云岭{n}百名高考生的一封信",
        "端午｜{village}包粽子比赛",
        "防汛备汛：{town}排查隐患{n}处",
    ),
    7: (
        "防汛一线｜{town}连夜转移群众{n}户",
        "强降雨来袭，{town}党员冲在前",
        "高考录取通知书送到{village}",
        "暑期防溺水：{town}巡河队在行动",
    ),
    8: (
        "雨后自救：{village}抢修道路{n}处",
        "{town}葡萄熟了",
        "最美退役军人｜{person}",
        "高温下的坚守：{town}环卫工",
    ),
    9: (
        "开学第一课，{town}这样上",
        "教师节｜{person}：一个人的教学点",
        "{village}的稻子黄了",
        "丰收节在{town}开镰",
    ),
    10: (
        "国庆假期，{town}民宿一房难求",
        "重阳｜{village}百家宴",
        "云岭马拉松鸣枪，{n}百人开跑",
        "{town}秋收忙",
    ),
    11: (
        "{town}红叶正当时",
        "立冬，{village}晒秋图",
        "消防宣传月：{town}演练",
        "移风易俗｜{person}家的喜事新办",
    ),
    12: (
        "云岭下雪了！{town}银装素裹",
        "冬至｜{village}的长桌宴",
        "岁末盘点：{town}这一年",
        "{village}的冬种{crop}",
    ),
}

TOPICS = (
    "云岭",
    "云岭县",
    "乡村振兴",
    "家乡",
    "正能量",
    "防汛",
    "茶山",
    "移风易俗",
    "非遗",
    "美食",
)


def title(rng: random.Random, month: int) -> str:
    """One title that fits the month."""
    pool = BY_MONTH[month] if rng.random() < 0.4 else EVERY_MONTH
    return rng.choice(pool).format(
        town=rng.choice(TOWNS),
        village=rng.choice(VILLAGES),
        crop=rng.choice(CROPS),
        person=rng.choice(PEOPLE),
        n=rng.randint(2, 48),
    )


def hashtags(rng: random.Random, most: int) -> str:
    """``#云岭 #家乡``: one to ``most`` topics."""
    return " ".join(f"#{each}" for each in rng.sample(TOPICS, rng.randint(1, most)))
