"""Sixteen finished conversations of Sales, from today back to nineteen days ago."""

from omnichat.demo.common import SALES, DemoConversation, customer, staff

CONVERSATIONS: tuple[DemoConversation, ...] = (
    DemoConversation(
        name="Bùi Khánh Vy",
        platform="zalo",
        sender="+84900553819",
        department=SALES,
        state="resolved",
        age_minutes=95,
        turns=(
            customer(0, "Nồi cơm điện tử 1.5 lít giá bao nhiêu shop ơi"),
            staff(
                2,
                "Dạ em là Hà bên Sao Mai ạ. Mẫu SM-R15 đang 1.190.000đ, nắp trong tháo ra rửa "
                "được, có 8 chế độ nấu ạ.",
            ),
            customer(4, "Nấu cháo đc k em, bé nhà chị đang ăn dặm"),
            staff(1, "Dạ được chị, có nút cháo riêng, chừng 1 tiếng là nhừ mà không trào ạ."),
            customer(7, "ok chốt 1 cái, giao địa chỉ cũ nha"),
            staff(3, "Dạ em lên đơn DH10531, mai trước 12 giờ bên giao hàng gọi chị ạ."),
            customer(2, "cảm ơn em nha 🥰"),
        ),
    ),
    DemoConversation(
        name="Nguyễn Đình Long",
        platform="messenger",
        sender="6690317428815502",
        department=SALES,
        state="resolved",
        age_minutes=1_395,
        turns=(
            customer(0, "tu van giup minh may loc nuoc cho nha xai nuoc gieng"),
            staff(
                5,
                "Dạ em là Hà bên Sao Mai ạ. Nước giếng thì mình nên đo độ cứng trước, nhiều cặn "
                "là lõi mau nghẹt lắm. Nhà anh ở khu nào để em nhờ kỹ thuật qua đo miễn phí?",
            ),
            customer(8, "o cu chi xa lam"),
            staff(
                4,
                "Dạ Củ Chi thì anh hứng chai sạch chừng nửa lít, đem ra cửa hàng Hóc Môn, bên em "
                "đo tại chỗ 10 phút là biết ạ.",
            ),
            customer(15, "ok de cuoi tuan minh dem ra"),
            staff(2, "Dạ em báo quầy rồi, anh ra cứ nói gặp Hà là được. Em cảm ơn anh nhiều ạ."),
        ),
    ),
    DemoConversation(
        name="Hoàng Thị Diễm",
        platform="instagram",
        sender="17843320174596083",
        department=SALES,
        state="resolved",
        age_minutes=1_560,
        turns=(
            customer(0, "bình đun siêu tốc còn màu xanh mint k shop"),
            staff(6, "Dạ em Hà bên Sao Mai ạ, xanh mint còn 5 cái, 350.000đ chị nha."),
            customer(3, "z để em ghé cửa hàng lấy luôn, thanks shop 💚"),
        ),
    ),
    DemoConversation(
        name="Võ Thành Nhân",
        platform="zalo",
        sender="+84900764291",
        department=SALES,
        state="resolved",
        age_minutes=2_970,
        turns=(
            customer(0, "Cho anh đặt mua thêm 1 quạt treo tường giống đơn tháng trước"),
            staff(
                4,
                "Dạ em là Hà bên Sao Mai. Đơn trước anh lấy SM-F4 dây giật, giờ có thêm bản có "
                "remote hơn 80.000đ. Anh lấy bản nào ạ?",
            ),
            customer(5, "Dây giật thôi em, ba anh già rồi bấm remote lộn hoài"),
            staff(
                3,
                "Dạ vậy em lên đơn DH10498, 590.000đ, mai giao ạ. Em gửi lời hỏi thăm bác nhà.",
            ),
            customer(1, "Ok cảm ơn em"),
        ),
    ),
    DemoConversation(
        name="Khách web 52E0",
        platform="web",
        sender="web-52e0c7a8",
        department=SALES,
        state="resolved",
        age_minutes=4_210,
        turns=(
            customer(0, "nhập mã giảm giá SAOMAI50 ở bước thanh toán mà nó báo k hợp lệ"),
            staff(
                2,
                "Dạ em là Hà bên Sao Mai ạ. Mã này áp dụng cho đơn từ 500.000đ, giỏ của mình đang "
                "là 390.000đ nên chưa nhận ạ.",
            ),
            customer(2, "à ra vậy, để mình thêm cái bình đun"),
            staff(1, "Dạ vâng, thêm bình đun là được trừ 50.000đ liền ạ."),
            customer(6, "đc rồi nha, cảm ơn"),
        ),
    ),
    DemoConversation(
        name="Lương Gia Bảo",
        platform="telegram",
        sender="6021847753",
        department=SALES,
        state="resolved",
        age_minutes=5_840,
        turns=(
            customer(0, "Đơn ngoài Hà Nội có freeship không shop"),
            staff(
                9,
                "Dạ em Hà bên Sao Mai ạ. Hà Nội bên em miễn phí giao cho đơn từ 1 triệu, dưới mức "
                "đó thì 45.000đ, đi 3-4 ngày tới anh nhé.",
            ),
            customer(20, "Ok để rủ thêm ông anh lấy chung cho đủ triệu 😆"),
            staff(3, "Dạ hay quá, khi nào anh chốt cứ nhắn em. Em cảm ơn anh ạ!"),
        ),
    ),
    DemoConversation(
        name="Trần Ngọc Phương Uyên",
        platform="messenger",
        sender="5236678104492731",
        department=SALES,
        state="resolved",
        age_minutes=7_110,
        turns=(
            customer(0, "Máy lọc nước đang có quà tặng gì vậy ạ, em định mua cho má"),
            staff(
                3,
                "Dạ em là Hà bên Sao Mai. SM-7 đang tặng bộ lõi 1-2-3 hoặc một bình đun siêu tốc, "
                "chị chọn một trong hai ạ.",
            ),
            customer(4, "bộ lõi đi cho thực tế 😂 má em ở Mỹ Tho giao tới k"),
            staff(
                2,
                "Dạ tới chị ơi, có thợ dưới Mỹ Tho qua gắn luôn. Chị cho em tên với số điện thoại "
                "của bác, thợ gọi trước khi tới ạ.",
            ),
            customer(12, "em gửi rồi đó, nhớ nói to vì má nghe hơi kém nha shop"),
            staff(5, "Dạ em ghi vào đơn DH10463 rồi ạ. Bác nhận máy xong em nhắn chị liền."),
            customer(1, "dễ thương quá, cảm ơn shop nhiều"),
        ),
    ),
    DemoConversation(
        name="Phùng Đức Thắng",
        platform="email",
        sender="thang.phung@example.org",
        department=SALES,
        state="resolved",
        age_minutes=8_520,
        turns=(
            customer(
                0,
                "Chào shop,\n\nNhờ gửi báo giá 5 nồi cơm công nghiệp cỡ 10 lít cho bếp ăn trường "
                "mầm non. Bếp chỉ có điện 1 pha.\n\nThắng",
            ),
            staff(
                55,
                "Dạ em chào anh Thắng,\n\nEm là Hà bên Sao Mai. Nồi SM-R100 dung tích 10 lít chạy "
                "điện 1 pha, 2.350.000đ/nồi, lấy 5 nồi bên em bớt 5%, còn 11.162.500đ đã gồm giao. "
                "Em gửi kèm bảng thông số để anh trình trường ạ.\n\nHà",
            ),
            customer(320, "Trường duyệt rồi em nhé, thứ Hai anh chuyển khoản."),
            staff(18, "Dạ em cảm ơn anh và nhà trường. Tiền vào là hôm sau em cho xe giao ạ."),
        ),
    ),
    DemoConversation(
        name="Đỗ Thị Hường",
        platform="zalo",
        sender="+84900862405",
        department=SALES,
        state="resolved",
        age_minutes=10_150,
        turns=(
            customer(0, "con oi may giat 9 ky con hang ko, co hang xom cua co muon lay 1 cai"),
            staff(
                3,
                "Dạ con Hà nè cô Hường ơi. SM-W9 còn hàng ạ, 7.190.000đ, khách cô giới thiệu con "
                "bớt thêm 200.000đ nha cô.",
            ),
            customer(10, "uh de co noi no ra cua hang gap con"),
            staff(2, "Dạ con cảm ơn cô nhiều ạ, cô ghé chơi với tụi con luôn nha."),
        ),
    ),
    DemoConversation(
        name="Mạc Tuấn Kiệt",
        platform="whatsapp",
        sender="+84900259746",
        department=SALES,
        state="resolved",
        age_minutes=11_620,
        turns=(
            customer(0, "Mình ở nước ngoài, đặt mua nồi chiên gửi cho chị ở Biên Hoà được không?"),
            staff(
                6,
                "Dạ được anh. Em là Hà bên Sao Mai, anh chọn mẫu rồi trả bằng thẻ quốc tế qua "
                "đường link em gửi, chị nhà mình chỉ việc nhận hàng thôi ạ.",
            ),
            customer(35, "Lấy cái 6 lít nhé. Nhờ shop viết giúp tấm thiệp: Mừng chị về nhà mới."),
            staff(8, "Dạ đơn DH10417 xong rồi anh, thiệp em viết tay luôn ạ 😊"),
            customer(90, "Chị mình gọi khoe rồi, cảm ơn em!"),
        ),
    ),
    DemoConversation(
        name="Châu Ngọc Thảo Nguyên",
        platform="instagram",
        sender="17845518830267194",
        department=SALES,
        state="resolved",
        age_minutes=13_080,
        turns=(
            customer(0, "sp này đang giảm giá tới khi nào vậy shop, chưa tới kỳ lương hicc 😭"),
            staff(
                4, "Dạ tới hết chủ nhật này chị ơi. Em Hà bên Sao Mai ạ, em giữ giá cho chị nha?"
            ),
            customer(2, "giữ đc hả, vậy giữ giúp e tới thứ 2 nha"),
            staff(2, "Dạ em ghi tên chị rồi, thứ 2 chị nhắn em là được giá này luôn ạ."),
            customer(1, "yêu shop 🥹"),
        ),
    ),
    DemoConversation(
        name="Lại Văn Hoà",
        platform="zalo",
        sender="+84900593182",
        department=SALES,
        state="resolved",
        age_minutes=15_790,
        turns=(
            customer(
                0,
                "Chào em, anh đang phân vân giữa máy giặt cửa trên với cửa ngang. Nhà 3 người, mẹ "
                "anh đau lưng không cúi nhiều được. Em tư vấn thật lòng giúp anh nhé, đắt hơn "
                "một chút cũng được miễn mẹ anh dùng thoải mái.",
            ),
            staff(
                7,
                "Dạ em là Hà bên Sao Mai. Bác đau lưng thì em khuyên thật lòng là cửa trên, đứng "
                "thẳng lấy đồ được. SM-W9 có miệng lồng thấp, 7.190.000đ, rẻ hơn cửa ngang mà "
                "hợp hơn ạ.",
            ),
            customer(25, "Bảng nút có chữ Việt to không em"),
            staff(3, "Dạ có anh, nút to, chữ Việt, giặt thường chỉ cần bấm 2 nút. Em gửi hình ạ."),
            customer(40, "Được đó, chốt cho anh. Cảm ơn em đã nói thật."),
            staff(5, "Dạ em cảm ơn anh tin bên em. Đơn DH10388, mốt giao và đấu nước luôn ạ."),
        ),
    ),
    DemoConversation(
        name="Khách web 9D47",
        platform="web",
        sender="web-9d47e1b0",
        department=SALES,
        state="resolved",
        age_minutes=17_420,
        turns=(
            customer(0, "Quạt trưng bày ở cửa hàng Gò Vấp có bán k ạ"),
            staff(3, "Dạ có, mẫu SM-F3 bày bớt 20%, còn 552.000đ. Em Hà bên Sao Mai ạ."),
            customer(4, "Dạ thôi vậy em lấy cái mới luôn, em cảm ơn"),
        ),
    ),
    DemoConversation(
        name="Quách Thanh Trúc",
        platform="messenger",
        sender="4918273650041287",
        department=SALES,
        state="resolved",
        age_minutes=20_260,
        turns=(
            customer(0, "may loc nuoc tra gop can giay to gi vay shop"),
            staff(
                5,
                "Dạ em là Hà bên Sao Mai. Chị chỉ cần căn cước với số điện thoại chính chủ, duyệt "
                "tại quầy chừng 15 phút ạ.",
            ),
            customer(6, "e lam cong nhan luong tien mat co dc ko"),
            staff(
                3,
                "Dạ được chị, máy dưới 10 triệu thì không cần sao kê lương. Chị trả trước 30%, còn "
                "lại 6 tháng, mỗi tháng khoảng 700.000đ ạ.",
            ),
            customer(9, "da de chu nhat e ra, cam on c"),
            staff(1, "Dạ chủ nhật em có ở quầy từ 9 giờ, em đợi chị nha."),
        ),
    ),
    DemoConversation(
        name="Triệu Hải Đăng",
        platform="zalo",
        sender="+84900106573",
        department=SALES,
        state="resolved",
        age_minutes=23_110,
        turns=(
            customer(0, "Anh đặt cọc 1 triệu giữ cái SM-W10 hôm qua rồi, giờ đổi màu xám được ko"),
            staff(4, "Dạ được anh Đăng, em Hà đổi sang màu xám trong đơn DH10341 rồi ạ."),
            customer(2, "Nhanh dữ, cảm ơn em"),
        ),
    ),
    DemoConversation(
        name="Tăng Mỹ Linh",
        platform="zalo",
        sender="+84900947210",
        department=SALES,
        state="resolved",
        age_minutes=27_450,
        turns=(
            customer(0, "Shop có chương trình khuyến mãi cho sinh viên không ạ"),
            staff(
                8,
                "Dạ có em ơi, chụp thẻ sinh viên gửi chị Hà là được bớt 7% quạt và nồi cơm mini "
                "bên Sao Mai nha.",
            ),
            customer(3, "[hình thẻ sinh viên] dạ em lấy nồi cơm mini màu trắng"),
            staff(5, "Chị lên đơn DH10296 rồi, còn 418.500đ, mai giao ký túc xá cho em."),
            customer(1, "Dạ em cảm ơn chị Hà nhiều ạ"),
        ),
    ),
)
