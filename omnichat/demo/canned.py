"""The sentences the demo company writes often. Shortcut, title, text, department, share of uses."""

from omnichat.demo.common import CUSTOMER_SERVICE, SALES, TECHNICAL

CANNED_REPLIES: tuple[tuple[str, str, str, str, int], ...] = (
    (
        "bh-lich",
        "Hẹn lịch bảo hành",
        "Dạ em xin phép hẹn kỹ thuật qua nhà mình lúc {giờ hẹn} ạ. Mình cho em xin địa chỉ và số "
        "điện thoại người ở nhà nhé.",
        CUSTOMER_SERVICE,
        24,
    ),
    (
        "bh-dieukien",
        "Điều kiện bảo hành",
        "Dạ máy được bảo hành kể từ ngày mua, không cần phiếu giấy, chỉ cần số điện thoại lúc mua. "
        "Hư do va đập hoặc vào nước thì bên em tính phí linh kiện ạ.",
        CUSTOMER_SERVICE,
        18,
    ),
    (
        "bh-tem",
        "Xin ảnh tem máy",
        "Mình chụp giúp em tem số máy ở mặt sau, thấy rõ dòng chữ và số là được ạ.",
        CUSTOMER_SERVICE,
        15,
    ),
    (
        "xinloi-tre",
        "Xin lỗi giao trễ",
        "Dạ {tên tôi} bên Sao Mai xin lỗi {tên khách} vì đơn {mã đơn} tới trễ. Em đang hỏi bên vận "
        "chuyển, có giờ giao em báo mình liền ạ.",
        CUSTOMER_SERVICE,
        12,
    ),
    (
        "hoantien",
        "Thời gian hoàn tiền",
        "Dạ kế toán chuyển trong ngày, ngân hàng về tài khoản sau 1 đến 3 ngày làm việc ạ.",
        CUSTOMER_SERVICE,
        6,
    ),
    (
        "gia-lapdat",
        "Báo giá lắp đặt",
        "Dạ nội thành bên em lắp miễn phí, ngoại thành 150.000đ. Vật tư phát sinh em báo trước "
        "rồi mới làm ạ.",
        SALES,
        14,
    ),
    (
        "tragop",
        "Giấy tờ trả góp",
        "Dạ trả góp qua thẻ tín dụng thì 0% lãi 6 tháng. Qua công ty tài chính thì mình mang căn "
        "cước và trả trước 20%, duyệt khoảng 20 phút ạ.",
        SALES,
        11,
    ),
    (
        "giu-hang",
        "Giữ hàng ở cửa hàng",
        "Dạ em giữ hàng cho {tên khách} tới hết ngày mai, mình ra quầy đọc "
        "tên là các bạn đưa máy ạ.",
        SALES,
        8,
    ),
    (
        "wifi",
        "Ghép máy với wifi",
        "Dạ máy chỉ nhận wifi 2.4G. Mình giữ nút nguồn 7 giây tới khi đèn xanh nháy, rồi mở app "
        "bấm dấu cộng giúp em ạ.",
        TECHNICAL,
        7,
    ),
    (
        "chao",
        "Chào đầu cuộc",
        "Chào {tên khách}, em là {tên tôi} bên Sao Mai. Em giúp gì được cho mình ạ?",
        "",
        10,
    ),
    (
        "gio-mo-cua",
        "Giờ mở cửa",
        "Dạ các cửa hàng mở từ 8 giờ tới 21 giờ, cả chủ nhật và ngày lễ ạ.",
        "",
        5,
    ),
    (
        "tet",
        "Lịch nghỉ Tết",
        "Dạ Sao Mai nghỉ Tết từ 14/02 đến hết 22/02. Đơn trong thời gian này bên em giao từ "
        "ngày 23/02 ạ.",
        "",
        0,
    ),
)
USED_SHARE = 0.11  # of all replies of the last thirty days
SWITCHED_OFF = ("tet",)
