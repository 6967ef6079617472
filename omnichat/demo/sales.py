"""Conversations of Sales that are still going on: seven customers wait, seven were answered."""

from omnichat.demo.common import SALES, DemoConversation, customer, staff

CONVERSATIONS: tuple[DemoConversation, ...] = (
    DemoConversation(
        name="Vũ Hải Yến",
        platform="zalo",
        sender="+84900147935",
        department=SALES,
        state="open",
        age_minutes=3,
        turns=(
            customer(0, "Quạt để bàn màu kem còn hàng không ạ"),
            customer(1, "Em cần trước cuối tuần để mang qua phòng trọ mới"),
        ),
    ),
    DemoConversation(
        name="Khách web 3B9C",
        platform="web",
        sender="web-3b9c02fe",
        department=SALES,
        state="open",
        age_minutes=1,
        turns=(
            customer(0, "Máy lọc nước SM-7 giá bao nhiêu vậy shop? Đã gồm công thợ tới gắn chưa"),
        ),
    ),
    DemoConversation(
        name="Ngô Gia Hân",
        platform="messenger",
        sender="5873016492280417",
        department=SALES,
        state="open",
        age_minutes=7,
        turns=(
            customer(0, "shop oi noi chien khong dau 6 lit con giam gia k a"),
            customer(2, "hom bua e thay quang cao de 1tr290 ma gio vo web lai la 1tr490 🥲"),
        ),
    ),
    DemoConversation(
        name="Đoàn Quốc Bảo",
        platform="zalo",
        sender="+84900295068",
        department=SALES,
        state="open",
        age_minutes=12,
        turns=(
            customer(
                0,
                "Em tư vấn giúp anh máy giặt cho nhà 5 người, có em bé nên ngày nào cũng giặt",
            ),
            staff(
                4,
                "Dạ em là Hà bên Sao Mai ạ. Nhà mình đông mà giặt hằng ngày thì máy 10 kg là "
                "thoải mái. Anh định để máy ngoài ban công hay trong nhà tắm ạ?",
            ),
            customer(6, "Ban công, mà hẹp lắm, bề ngang lọt lòng được 65 phân thôi"),
            staff(
                3,
                "Dạ mẫu SM-W10 ngang 60 phân nên để vừa, mỗi bên còn chừa được hơn 2 phân. "
                "Giá đang là 8.490.000đ, giao tận nơi và đấu nước luôn cho mình ạ.",
            ),
            customer(9, "Vắt có êm ko em, cái cũ nhà anh nó chạy lắc rần rần, hàng xóm la quá 😅"),
        ),
    ),
    DemoConversation(
        name="Nguyễn Hoàng Phúc",
        platform="email",
        sender="hanhchinh.phuc@example.com",
        department=SALES,
        state="open",
        age_minutes=38,
        turns=(
            customer(
                0,
                "Kính gửi Điện máy Sao Mai,\n\n"
                "Công ty tôi sắp dời văn phòng về Bình Dương, nhờ bên mình báo giá 12 máy lọc nước "
                "SM-7 và 6 quạt đứng SM-F3. Bên tôi cần hoá đơn VAT, vui lòng ghi "
                "rõ thời gian giao để tôi trình sếp trong tuần này.\n\n"
                "Trân trọng,\nPhúc - phòng Hành chính",
            ),
        ),
    ),
    DemoConversation(
        name="Lê Mỹ Duyên",
        platform="instagram",
        sender="17841093352708614",
        department=SALES,
        state="open",
        age_minutes=22,
        turns=(
            customer(0, "Nồi chiên hơi nước màu hồng còn hàng ko shop ơiii 😍"),
            staff(
                5,
                "Dạ em Hà bên Sao Mai đây ạ. Màu hồng ở kho Gò Vấp còn đúng 3 cái, giá "
                "1.690.000đ. Chị lấy thì em giữ lại một cái nha?",
            ),
            customer(4, "lấy 1 nha"),
            customer(1, "mà giao trước 5h chiều đc k, mai mình đem đi tặng rồi"),
        ),
    ),
    DemoConversation(
        name="Emma Whitfield",
        platform="whatsapp",
        sender="+84900470258",
        department=SALES,
        state="open",
        age_minutes=9,
        turns=(
            customer(
                0,
                "Hi! Is there any discount if I take the SM-7 purifier and a rice cooker together? "
                "I'm in District 7, 12th floor with a lift.",
            ),
        ),
    ),
    DemoConversation(
        name="Trương Minh Khôi",
        platform="zalo",
        sender="+84900338614",
        department=SALES,
        state="waiting",
        age_minutes=26,
        turns=(
            customer(0, "Máy giặt SM-W9 có trả góp qua thẻ tín dụng không shop"),
            staff(
                3,
                "Dạ em là Hà bên Sao Mai ạ. Mẫu này trả góp 0% được 6 hoặc 12 tháng, thẻ của anh "
                "còn hạn mức đủ tiền máy là làm được ạ.",
            ),
            customer(5, "12 tháng thì mỗi tháng nhiêu"),
            staff(
                2,
                "Dạ máy 7.190.000đ, chia 12 tháng thì mỗi tháng khoảng 600.000đ. Ngân hàng có thu "
                "phí chuyển đổi một lần. Anh dùng thẻ ngân hàng nào để em xem đúng mức phí ạ?",
            ),
        ),
    ),
    DemoConversation(
        name="Phan Thị Thu Thuỷ",
        platform="messenger",
        sender="4409871526630295",
        department=SALES,
        state="waiting",
        age_minutes=71,
        turns=(
            customer(0, "co khuyen mai gi cho may loc nuoc ko shop"),
            staff(
                6,
                "Dạ có chị ơi, tuần này SM-7 tặng kèm bộ lõi 1-2-3 trị giá 450.000đ. Em là Hà bên "
                "Sao Mai ạ. Nhà chị xài nước máy hay nước giếng để em chọn đúng lõi cho mình?",
            ),
        ),
    ),
    DemoConversation(
        name="Khách web A81D",
        platform="web",
        sender="web-a81d6b33",
        department=SALES,
        state="waiting",
        age_minutes=44,
        turns=(
            customer(0, "So sánh giúp mình quạt đứng với quạt treo tường, loại nào êm hơn?"),
            staff(
                2,
                "Dạ em Hà bên Sao Mai xin nghe ạ. Quạt đứng SM-F3 số 1 cỡ 38 dB, treo tường SM-F4 "
                "khoảng 42 dB, nên để phòng ngủ thì quạt đứng êm hơn ạ.",
            ),
            customer(3, "phòng 12m2 thôi, để quạt đứng có vướng k"),
            staff(
                2,
                "Dạ chân đế tròn 35 phân, để góc giường là gọn. Giá 690.000đ, có hẹn giờ 8 tiếng. "
                "Anh/chị cho em xin tên với khu vực, em kiểm tra kho gần nhất ạ.",
            ),
        ),
    ),
    DemoConversation(
        name="Đặng Kim Oanh",
        platform="zalo",
        sender="+84900817340",
        department=SALES,
        state="waiting",
        age_minutes=185,
        turns=(
            customer(0, "Chị đặt mua 2 nồi cơm điện 1.8 lít, giao về Dĩ An nha em"),
            staff(
                3,
                "Dạ em là Hà bên Sao Mai, em cảm ơn chị. Nồi SM-R18 có màu trắng và màu nâu, chị "
                "lấy màu nào để em lên đơn ạ?",
            ),
            customer(8, "mỗi màu 1 cái đi em. Giao giờ hành chính nha, chị nhận ở công ty"),
            staff(
                4,
                "Dạ em lên đơn DH10527 rồi ạ: 1 trắng, 1 nâu, tổng 1.780.000đ, miễn phí giao. Chị "
                "nhắn em tên công ty với số điện thoại người nhận là em cho đi luôn ạ.",
            ),
        ),
    ),
    DemoConversation(
        name="Tô Nhật Minh",
        platform="telegram",
        sender="7734920185",
        department=SALES,
        state="waiting",
        age_minutes=310,
        turns=(
            customer(
                0,
                "Bên mình có giá sỉ nồi chiên không? Mình có tiệm nhỏ ở Bến Cát, lấy chừng 20 cái",
            ),
            staff(
                7,
                "Dạ em là Hà bên Sao Mai ạ. Từ 10 cái là có giá sỉ rồi anh. SM-A6 lấy 20 cái thì "
                "còn 1.210.000đ/cái, giao tận tiệm không tính phí xe.",
            ),
            customer(14, "đc bớt thêm k, chỗ khác chào mình 1tr180"),
            staff(
                9,
                "Dạ em hỏi chị Trang quản lý rồi ạ: anh lấy đủ 20 cái một đợt thì bên em còn "
                "1.190.000đ/cái, hàng nguyên thùng, đủ giấy tờ. Anh xem giúp em nhé.",
            ),
        ),
    ),
    DemoConversation(
        name="Cao Thị Bích Ngọc",
        platform="instagram",
        sender="17840562291837450",
        department=SALES,
        state="waiting",
        age_minutes=605,
        turns=(
            customer(0, "Shop về mẫu mới của nồi chiên chưa, cái có cửa kính nhìn vô được á"),
            staff(
                11,
                "Dạ về rồi chị ơi, mẫu SM-A8 cửa kính có đèn bên trong, 1.690.000đ. Em Hà bên Sao "
                "Mai ạ. Em gửi chị clip quay thử mẻ cánh gà hôm qua nha 🍗",
            ),
        ),
    ),
    DemoConversation(
        name="Huỳnh Tấn Tài",
        platform="email",
        sender="huynhtantai@example.net",
        department=SALES,
        state="waiting",
        age_minutes=1490,
        turns=(
            customer(
                0,
                "Chào cửa hàng,\n\nTôi có ghé Thủ Đức xem chiếc máy giặt SM-W9 đang trưng bày. "
                "Tôi muốn đặt cọc giữ đúng chiếc đó nếu được giá tốt, vì trầy một chút bên hông "
                "tôi không ngại.\n\nTài",
            ),
            staff(
                42,
                "Dạ em chào anh Tài,\n\nEm là Hà, phòng Bán hàng Sao Mai. Chiếc anh xem còn giá "
                "6.290.000đ vì đã bày 4 tháng, máy chưa chạy nước lần nào và vẫn bảo hành đủ 24 "
                "tháng. Anh cọc 500.000đ là em treo tên anh trong 3 ngày ạ.\n\n"
                "Em đợi tin anh.\nHà",
            ),
        ),
    ),
)
