"""What both departments of the demo company share: shapes, keywords, contact notes, common queue.

Everybody here is invented. Phone numbers start with 0900, which no operator hands out; e-mail
addresses use the reserved example domains.
"""

from dataclasses import dataclass

COMPANY = "Điện máy Sao Mai"
SIGN_IN_HELP = "Cần giúp? Gọi nội bộ 101"

SALES = "Sales"
CUSTOMER_SERVICE = "CustomerService"
TECHNICAL = "Kỹ thuật"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message; `minutes` after the turn before it (0 for the first)."""

    who: str
    minutes: int
    text: str


@dataclass(frozen=True, slots=True)
class DemoConversation:
    """One thread; `age_minutes` is how long before now its last turn was sent."""

    name: str
    platform: str
    sender: str
    department: str
    state: str
    age_minutes: int
    turns: tuple[Turn, ...]


def customer(minutes: int, text: str) -> Turn:
    return Turn("customer", minutes, text)


def staff(minutes: int, text: str) -> Turn:
    return Turn("staff", minutes, text)


# As in a shop whose list has grown: some words are in each other's way (/keywords/conflicts).
# "rò nước", "lắp đặt" and "VAT" belong to two departments, the last one in a tie; "giá",
# "lỗi" and "giảm giá" lie inside longer ones and inside phrases to ignore ("giá trị", "xin lỗi").
KEYWORDS: tuple[tuple[str, str, str], ...] = (
    ("báo giá", SALES, "8.0"),
    ("đặt mua", SALES, "7.5"),
    ("trả góp", SALES, "6.5"),
    ("giá sỉ", SALES, "6.5"),
    ("giá bao nhiêu", SALES, "6.0"),
    ("còn hàng", SALES, "5.5"),
    ("tư vấn", SALES, "5.0"),
    ("mã giảm giá", SALES, "5.0"),
    ("giảm giá", SALES, "4.5"),
    ("khuyến mãi", SALES, "4.5"),
    ("discount", SALES, "4.5"),
    ("đặt cọc", SALES, "4.0"),
    ("so sánh", SALES, "3.5"),
    ("quà tặng", SALES, "2.5"),
    ("VAT", SALES, "2.5"),
    ("mẫu mới", SALES, "2.0"),
    ("trưng bày", SALES, "2.0"),
    ("freeship", SALES, "1.5"),
    ("còn màu", SALES, "1.2"),
    ("giá", SALES, "1.0"),
    ("khiếu nại", CUSTOMER_SERVICE, "8.0"),
    ("bảo hành", CUSTOMER_SERVICE, "8.0"),
    ("warranty", CUSTOMER_SERVICE, "8.0"),
    ("hoàn tiền", CUSTOMER_SERVICE, "7.5"),
    ("đổi trả", CUSTOMER_SERVICE, "7.0"),
    ("rò nước", CUSTOMER_SERVICE, "6.0"),
    ("giao trễ", CUSTOMER_SERVICE, "6.0"),
    ("giao nhầm", CUSTOMER_SERVICE, "6.0"),
    ("delivery late", CUSTOMER_SERVICE, "6.0"),
    ("không lên nguồn", CUSTOMER_SERVICE, "5.5"),
    ("bị lỗi", CUSTOMER_SERVICE, "4.5"),
    ("thay lõi", CUSTOMER_SERVICE, "4.5"),
    ("kêu to", CUSTOMER_SERVICE, "4.0"),
    ("lắp đặt", CUSTOMER_SERVICE, "4.0"),
    ("hoá đơn", CUSTOMER_SERVICE, "3.5"),
    ("VAT", CUSTOMER_SERVICE, "2.5"),
    ("vệ sinh máy", CUSTOMER_SERVICE, "2.0"),
    ("lỗi", CUSTOMER_SERVICE, "1.5"),
    ("đơn hàng", CUSTOMER_SERVICE, "0.8"),
    ("mã lỗi", TECHNICAL, "7.0"),
    ("chập điện", TECHNICAL, "7.0"),
    ("cài đặt app", TECHNICAL, "6.5"),
    ("kết nối wifi", TECHNICAL, "6.5"),
    ("bo mạch", TECHNICAL, "6.0"),
    ("rò nước", TECHNICAL, "5.5"),
    ("kỹ thuật viên", TECHNICAL, "5.0"),
    ("áp lực nước", TECHNICAL, "4.5"),
    ("linh kiện", TECHNICAL, "4.0"),
    ("lắp đặt", TECHNICAL, "3.5"),
    ("tháo máy", TECHNICAL, "3.5"),
    ("hướng dẫn sử dụng", TECHNICAL, "3.0"),
    ("cập nhật phần mềm", TECHNICAL, "2.5"),
    ("khởi động lại", TECHNICAL, "1.5"),
)

CONTACT_NOTES: dict[str, str] = {
    "+84900418273": "Nhà chung cư, bảo vệ cần tên kỹ thuật viên trước 1 giờ.",
    "+84900726154": "Đã bị trễ hai đơn trong tháng. Gọi báo trước khi giao, đừng chỉ nhắn.",
    "+84900553819": "Nhà có em bé, tới nơi gọi điện, đừng bấm chuông. Tiện nghe máy sau 16 giờ.",
    "hanhchinh.phuc@example.com": "Khách công ty, luôn cần hoá đơn VAT và biên bản bàn giao.",
    "7734920185": "Khách sỉ, tiệm ở Bến Cát. Giao bằng xe tải nhỏ, hẻm không vào được xe lớn.",
    "+84900381647": "Prefers English. Works nights, so please call after 2 pm.",
    "thaoly.ketoan@example.com": "Kế toán, cần hoá đơn trước ngày 25 hằng tháng.",
    "+84900862405": "Khách quen từ cửa hàng Thủ Đức, hay giới thiệu hàng xóm. Lần sau tặng bộ lõi.",
}

# A note that calls a colleague: the customer, who wrote it, whom it calls, the text.
CALL = (
    "+84900418273",
    "chi",
    "staff1",
    "@Nguyễn Thị Lan dòng SM-7 lô tháng 3 có đợt khớp nối lỗi, đổi miễn phí theo phiếu BH-2381.",
)

CONVERSATIONS: tuple[DemoConversation, ...] = (
    DemoConversation(
        name="Khách web C40E",
        platform="web",
        sender="web-c40e5d17",
        department="",
        state="open",
        age_minutes=2,
        turns=(customer(0, "Alo có ai trực không ạ"),),
    ),
    DemoConversation(
        name="Mai Thanh Tùng",
        platform="messenger",
        sender="6120483957716204",
        department="",
        state="open",
        age_minutes=5,
        turns=(
            customer(0, "shop ơi cho mình hỏi xíu"),
            customer(1, "mình để quên cái nón bảo hiểm màu xanh ở quầy thu ngân hồi nãy á 😅"),
        ),
    ),
    DemoConversation(
        name="Kiệt Nguyễn",
        platform="telegram",
        sender="5948210376",
        department="",
        state="open",
        age_minutes=17,
        turns=(customer(0, "cua hang thu duc mo cua toi may gio vay shop, chu nhat co lam ko"),),
    ),
    DemoConversation(
        name="Lâm Hà My",
        platform="zalo",
        sender="+84900630472",
        department="",
        state="open",
        age_minutes=31,
        turns=(
            customer(
                0,
                "Dạ em chào anh chị, em thấy trước cửa hàng có dán giấy tuyển nhân viên kho. "
                "Không biết mình còn nhận người không ạ? Em ở gần đây, làm được cả ca tối.",
            ),
        ),
    ),
)
