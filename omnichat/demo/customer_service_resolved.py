"""Fourteen finished conversations of CustomerService, from today back to nineteen days ago."""

from omnichat.demo.common import CUSTOMER_SERVICE, DemoConversation, customer, staff

CONVERSATIONS: tuple[DemoConversation, ...] = (
    DemoConversation(
        name="Kiều Thanh Hằng",
        platform="zalo",
        sender="+84900274509",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=140,
        turns=(
            customer(0, "Chị muốn hẹn thợ qua thay lõi số 1 với số 2, máy gần nửa năm rồi"),
            staff(
                3,
                "Dạ em là Lan bên Sao Mai ạ. Hai lõi là 280.000đ, công thay miễn phí. Mai 9 giờ "
                "sáng thợ qua được không chị?",
            ),
            customer(5, "9h chị đi chợ, 10h đi em"),
            staff(2, "Dạ em hẹn 10 giờ rồi ạ, thợ gọi chị trước 15 phút."),
            customer(1, "ok em, cảm ơn nha"),
        ),
    ),
    DemoConversation(
        name="Đàm Quang Huy",
        platform="messenger",
        sender="4781120936654173",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=1_310,
        turns=(
            customer(0, "máy giặt bị lỗi E04 ko xả nước đc, đồ ngâm trong lồng từ sáng giờ"),
            staff(
                2,
                "Dạ em là Lan bên Sao Mai. E04 là nghẹt đường xả anh ơi. Anh mở nắp tròn nhỏ góc "
                "dưới bên phải, lót khăn, vặn ra rửa lưới lọc giúp em. Em gửi clip 40 giây ạ.",
            ),
            customer(18, "trời ơi lôi ra 1 chiếc vớ em bé với 2 đồng xu 😂"),
            customer(4, "chạy lại rồi nha em"),
            staff(
                1, "Dạ may quá 😄 Mỗi tháng anh rửa lưới một lần là yên tâm. Chúc nhà mình vui ạ!"
            ),
        ),
    ),
    DemoConversation(
        name="Lưu Thị Cẩm Tú",
        platform="zalo",
        sender="+84900539862",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=1_640,
        turns=(
            customer(
                0,
                "Tôi muốn khiếu nại người giao hàng. Nồi chiên nặng vậy mà bỏ ngoài cổng rồi chạy, "
                "gọi lại còn lớn tiếng. Mẹ tôi 70 tuổi phải bê lên lầu một mình. Tôi là khách "
                "ở đây mấy năm rồi, chưa bao giờ bị như vậy!",
            ),
            staff(
                3,
                "Dạ em là Lan bên Sao Mai. Em xin lỗi chị và bác, chuyện này bên em sai rồi ạ. Chị "
                "cho em xin mã đơn để em làm việc với đội giao ngay.",
            ),
            customer(2, "DH10476"),
            staff(
                25,
                "Dạ em đã nghe lại cuộc gọi. Đội trưởng giao hàng sẽ gọi xin lỗi bác trong hôm nay "
                "ạ. Bác bê đồ có đau lưng hay trầy tay gì không chị?",
            ),
            customer(6, "Mẹ tôi không sao. Nhưng cái hộp bị móp một góc"),
            staff(2, "Dạ chị chụp giúp em chỗ móp và bên trong, có cấn là em đổi máy mới liền ạ."),
            customer(20, "Xem rồi, bên trong nguyên, khỏi đổi"),
            staff(
                95,
                "Dạ đội trưởng báo em đã gọi cho bác rồi. Bên em hoàn lại phí giao 40.000đ và ghi "
                "chú các đơn sau bắt buộc bưng lên tận nhà ạ.",
            ),
            customer(11, "Ừ, mẹ tôi kể cậu đó xin lỗi đàng hoàng. Cảm ơn em đã xử lý nhanh."),
        ),
    ),
    DemoConversation(
        name="Khách web 18D6",
        platform="web",
        sender="web-18d6a93e",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=2_805,
        turns=(
            customer(0, "đơn hàng DH10491 đi tới đâu rồi ạ"),
            staff(
                1,
                "Dạ em là Lan bên Sao Mai, đơn đang trên xe ở Tân Bình, trước 4 giờ là tới ạ.",
            ),
            customer(1, "dạ cảm ơn"),
        ),
    ),
    DemoConversation(
        name="Tạ Minh Thư",
        platform="instagram",
        sender="17844610958327702",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=4_385,
        turns=(
            customer(0, "shop ơi đổi trả trong mấy ngày ạ, em lấy nồi chiên mà to quá bếp k vừa"),
            staff(
                4,
                "Dạ em Lan bên Sao Mai ạ. Trong 7 ngày, chưa nấu và còn hộp là đổi được chị. Mẫu "
                "SM-A4 4 lít nhỏ hơn gần một gang tay, chị thích thì em đổi qua mẫu đó ạ.",
            ),
            customer(3, "đc á, tiền dư thì sao ạ"),
            staff(
                2, "Dạ dư 300.000đ em chuyển lại ngay khi nhận máy về. Mốt em cho người qua đổi."
            ),
            customer(2, "okee cảm ơn shop 💛"),
        ),
    ),
    DemoConversation(
        name="Âu Dương Thịnh",
        platform="telegram",
        sender="7185530429",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=5_690,
        turns=(
            customer(0, "Quạt đứng kêu to lạch cạch ở số 3, số 1 số 2 thì êm"),
            staff(
                6,
                "Dạ em là Lan bên Sao Mai ạ. Anh xem con ốc giữa lồng quạt có lỏng không, siết "
                "thuận chiều kim đồng hồ nửa vòng giúp em.",
            ),
            customer(7, "Siết rồi, hết kêu luôn. Hay ghê"),
            staff(1, "Dạ mừng quá ạ! Có gì anh cứ nhắn em, em cảm ơn anh."),
        ),
    ),
    DemoConversation(
        name="Thái Thị Ngọc Lành",
        platform="messenger",
        sender="5319046628871540",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=7_260,
        turns=(
            customer(0, "xuat hoa don cho don DH10402 giup minh, hom truoc quen dua ma so thue"),
            staff(
                5,
                "Dạ em là Lan bên Sao Mai ạ. Chị nhắn em tên công ty, mã số thuế và e-mail nhận, "
                "chiều em gửi bản điện tử ạ.",
            ),
            customer(12, "mình gửi qua mail cho shop rồi nhé"),
            staff(160, "Dạ hoá đơn em vừa gửi vào e-mail, chị mở xem giúp em nhé."),
            customer(14, "nhận được rồi, cảm ơn bạn"),
        ),
    ),
    DemoConversation(
        name="Ông Thế Khải",
        platform="zalo",
        sender="+84900371826",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=10_030,
        turns=(
            customer(
                0,
                "Máy lọc mới đặt mua 3 hôm đã bị lỗi, đèn đỏ nháy hoài. Bảo hành kiểu gì đây?",
            ),
            staff(
                2,
                "Dạ em là Lan bên Sao Mai, em xin lỗi anh. Đèn đỏ nháy là máy chưa nhận đủ nước "
                "vào. Anh coi giúp em cái van chữ T dưới bồn rửa đã mở hết chưa ạ?",
            ),
            customer(10, "Van mở có nửa vòng, mở hết thì đèn xanh rồi"),
            staff(
                2,
                "Dạ vậy máy không hư gì đâu anh. Chắc hôm gắn thợ chưa mở hết, em nhắc thợ rồi ạ. "
                "Anh xả bỏ bình đầu tiên rồi dùng bình thường nhé.",
            ),
            customer(3, "Ừ, hồi nãy anh hơi nóng, thông cảm nha. Cảm ơn em"),
        ),
    ),
    DemoConversation(
        name="Giang Mỹ Hạnh",
        platform="email",
        sender="myhanh.giang@example.org",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=11_500,
        turns=(
            customer(
                0,
                "Gửi Sao Mai,\n\nThẻ của tôi bị trừ hai lần cho cùng đơn DH10377. Nhờ kiểm tra và "
                "hoàn tiền một lần giúp tôi. Tôi gửi kèm sao kê.\n\nMỹ Hạnh",
            ),
            staff(
                36,
                "Dạ em chào chị Hạnh,\n\nEm là Lan bên Sao Mai. Em đối chiếu rồi, đúng là cổng "
                "thanh toán trừ hai lần. Em đã lập lệnh hoàn 1.490.000đ, 3-5 ngày làm việc tiền về "
                "thẻ, em sẽ theo tới khi chị nhận được ạ.\n\nLan",
            ),
            customer(3_120, "Sáng nay tiền về rồi em, cảm ơn em theo sát giúp chị."),
        ),
    ),
    DemoConversation(
        name="Vương Khả Nhi",
        platform="messenger",
        sender="6945502187730914",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=14_330,
        turns=(
            customer(0, "shop giao nham cai noi 1 lit roi, minh dat 1.8 lit ma"),
            staff(
                3,
                "Dạ em là Lan bên Sao Mai, em xin lỗi chị ạ. Đơn ghi đúng 1.8 lít mà kho bốc nhầm. "
                "Mai em đổi tận nhà, chị không tốn phí gì hết.",
            ),
            customer(8, "giao sau 6h toi nha, ban ngay nha ko co ai"),
            staff(2, "Dạ em dặn giao lúc 18 giờ 30. Chị đưa lại nồi cũ cho bạn giao là xong ạ."),
            customer(1_330, "nhan r, cam on ban nhieu"),
        ),
    ),
    DemoConversation(
        name="Doãn Trường Giang",
        platform="zalo",
        sender="+84900128394",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=17_340,
        turns=(
            customer(0, "Máy giặt rò nước dưới đáy, sàn ướt nhẹp. Cho thợ qua gấp giúp anh"),
            staff(
                2,
                "Dạ em là Lan bên Sao Mai. Anh khoá vòi cấp và rút điện trước giúp em cho an toàn. "
                "Thợ gần anh nhất đang ở Bình Thạnh, 45 phút nữa tới được ạ.",
            ),
            customer(1, "ok khoá rồi, nhà hẻm 112, quẹo trái căn cửa xanh"),
            staff(85, "Dạ thợ báo em đã thay ống xả mới, chạy thử khô ráo rồi. Anh xem ổn chưa ạ?"),
            customer(9, "Ổn rồi, thợ làm kỹ mà còn lau sàn giùm. Cảm ơn bên em 👍"),
        ),
    ),
    DemoConversation(
        name="Khách web B60F",
        platform="web",
        sender="web-b60f28d5",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=20_110,
        turns=(
            customer(0, "Dịch vụ vệ sinh máy giặt tại nhà bao nhiêu tiền ạ"),
            staff(
                2,
                "Dạ em là Lan bên Sao Mai ạ. Máy cửa trên 250.000đ, cửa ngang 400.000đ, tháo lồng "
                "ra xịt rửa, làm chừng 90 phút ạ.",
            ),
            customer(3, "máy hãng khác có làm k"),
            staff(1, "Dạ có, hãng nào bên em cũng nhận. Mình cần thì nhắn em đặt lịch nhé."),
            customer(5, "ok để t hỏi vợ đã, cảm ơn"),
        ),
    ),
    DemoConversation(
        name="Hứa Vĩnh Phát",
        platform="whatsapp",
        sender="+84900904752",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=22_980,
        turns=(
            customer(0, "Lịch lắp đặt máy lọc nước dời qua chủ nhật được không shop?"),
            staff(
                7,
                "Dạ được anh Phát. Em là Lan bên Sao Mai, em dời qua chủ nhật 8 giờ 30, vẫn thợ "
                "cũ là anh Sơn qua ạ.",
            ),
            customer(2, "Tốt quá, cảm ơn em"),
        ),
    ),
    DemoConversation(
        name="Ninh Thị Hồng Gấm",
        platform="zalo",
        sender="+84900416083",
        department=CUSTOMER_SERVICE,
        state="resolved",
        age_minutes=27_310,
        turns=(
            customer(0, "em oi cai am dun cua co mat phieu bao hanh roi gio sao"),
            staff(
                4,
                "Dạ con là Lan bên Sao Mai ạ. Mất phiếu không sao đâu cô, con tra theo số điện "
                "thoại là thấy. Bình của cô còn hạn 5 tháng nữa ạ.",
            ),
            customer(6, "vay mai co dem ra nha, no soi hoai ko tu tat"),
            staff(
                2,
                "Dạ cô đem ra cửa hàng Thủ Đức, đổi rơ-le chừng 20 phút là xong. Từ giờ tới đó cô "
                "đừng cắm bình khi không có ai nha cô.",
            ),
            customer(1_290, "xong roi con, cam on con nha"),
            staff(3, "Dạ con cảm ơn cô, chúc cô nhiều sức khoẻ ạ."),
        ),
    ),
)
