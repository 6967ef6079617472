"""Conversations of CustomerService still going on: six customers wait, six were answered."""

from omnichat.demo.common import CUSTOMER_SERVICE, DemoConversation, customer, staff

CONVERSATIONS: tuple[DemoConversation, ...] = (
    DemoConversation(
        name="Hồ Anh Tuấn",
        platform="zalo",
        sender="+84900726154",
        department=CUSTOMER_SERVICE,
        state="open",
        age_minutes=46,
        turns=(
            customer(0, "Đơn #DH10482 giao trễ 2 ngày rồi, khi nào có hàng?"),
            staff(
                4,
                "Dạ em là Lan bên Sao Mai, em xin lỗi anh Tuấn. Đơn đang kẹt ở kho trung chuyển "
                "Long Bình, em gọi bên vận chuyển hỏi liền rồi báo anh ạ.",
            ),
            customer(35, "Gọi được chưa em? Anh xin nghỉ nửa ngày ở nhà đợi rồi đó"),
        ),
    ),
    DemoConversation(
        name="Phạm Ngọc Diệp",
        platform="zalo",
        sender="+84900418273",
        department=CUSTOMER_SERVICE,
        state="open",
        age_minutes=2,
        turns=(
            customer(0, "Shop ơi máy SM-7 nhà em rò nước, ướt hết tủ bếp. Còn bảo hành không ạ?"),
            staff(
                3,
                "Dạ em là Lan bên Sao Mai ạ. Máy chị còn bảo hành tới tháng 6 năm sau. Chị khoá "
                "van nước đầu vào giúp em trước, rồi xem nước rỉ ra ở chỗ nào ạ?",
            ),
            customer(5, "Dạ máy rò ở khớp nối phía sau, em gửi hình ạ"),
        ),
    ),
    DemoConversation(
        name="Bạch Tuyết Nhi",
        platform="messenger",
        sender="5540912837761038",
        department=CUSTOMER_SERVICE,
        state="open",
        age_minutes=3,
        turns=(
            customer(0, "Máy giặt kêu to bất thường từ tối qua, lúc vắt nghe cộc cộc á shop"),
            customer(1, "mới xài đc 5 tháng à 😥"),
        ),
    ),
    DemoConversation(
        name="Trịnh Bảo Long",
        platform="whatsapp",
        sender="+84900381647",
        department=CUSTOMER_SERVICE,
        state="open",
        age_minutes=8,
        turns=(
            customer(
                0,
                "Hi, is the delivery late again? My order DH10511 was supposed to come yesterday.",
            ),
            customer(1, "Also, can I change the address to Thủ Đức?"),
        ),
    ),
    DemoConversation(
        name="Đinh Thế Vũ",
        platform="telegram",
        sender="6390275518",
        department=CUSTOMER_SERVICE,
        state="open",
        age_minutes=19,
        turns=(customer(0, "Thay lõi lọc số 3 thì bao lâu một lần vậy shop?"),),
    ),
    DemoConversation(
        name="Khách web 7F2A",
        platform="web",
        sender="web-7f2a91c4",
        department=CUSTOMER_SERVICE,
        state="open",
        age_minutes=13,
        turns=(
            customer(0, "Tôi muốn hỏi phí lắp đặt máy lọc nước ở Biên Hoà"),
            staff(
                2,
                "Dạ em là Lan bên Sao Mai ạ. Nội thành Biên Hoà bên em gắn miễn phí. Nhà mình đã "
                "có sẵn ổ cắm với đường nước chờ gần bồn rửa chưa ạ?",
            ),
            customer(4, "Có ổ cắm rồi, còn nước thì phải kéo thêm chừng 3 mét. Kéo thêm tính sao?"),
        ),
    ),
    DemoConversation(
        name="Lý Thanh Thảo",
        platform="email",
        sender="thaoly.ketoan@example.com",
        department=CUSTOMER_SERVICE,
        state="waiting",
        age_minutes=130,
        turns=(
            customer(
                0,
                "Chào Sao Mai,\n\nNhờ bên mình xuất lại hoá đơn VAT tháng trước cho đơn DH10274. "
                'Tên công ty bị thiếu chữ "Thương mại" nên bên mình không kê khai được.\n\nThảo',
            ),
            staff(
                28,
                "Dạ em chào chị Thảo,\n\nEm là Lan, phòng Chăm sóc khách hàng. Em đã nhờ kế toán "
                "làm hoá đơn điều chỉnh. Chị xem giúp em tên đầy đủ trong bản nháp đính kèm, "
                "chị xác nhận là bên em ký số ngay ạ.\n\nLan",
            ),
        ),
    ),
    DemoConversation(
        name="Dương Quốc Việt",
        platform="zalo",
        sender="+84900685031",
        department=CUSTOMER_SERVICE,
        state="waiting",
        age_minutes=18,
        turns=(
            customer(0, "Nồi cơm không lên nguồn, hôm qua còn nấu bình thường"),
            staff(
                2,
                "Dạ em là Lan bên Sao Mai ạ. Anh rút dây ra cắm thử qua ổ khác giúp em, rồi ấn "
                "mạnh đầu dây chỗ thân nồi xem đèn có sáng không ạ?",
            ),
            customer(6, "thử 2 ổ rồi vẫn im re"),
            staff(
                3,
                "Dạ vậy nhiều khả năng đứt cầu chì nhiệt, máy còn trong hạn nên thay miễn phí. Anh "
                "mang ra cửa hàng gần nhất hay để em cho người qua lấy ạ?",
            ),
        ),
    ),
    DemoConversation(
        name="Khách web E19B",
        platform="web",
        sender="web-e19b4f60",
        department=CUSTOMER_SERVICE,
        state="waiting",
        age_minutes=57,
        turns=(
            customer(0, "Mình huỷ đơn 4 hôm rồi mà chưa thấy hoàn tiền"),
            staff(
                3,
                "Dạ em là Lan bên Sao Mai, mình cho em xin mã đơn để em kiểm tra với kế toán ạ.",
            ),
            customer(1, "DH10455"),
            staff(
                8,
                "Dạ kế toán đã chuyển lúc sáng, thẻ thì ngân hàng treo thêm 1-2 ngày làm việc. Em "
                "gửi ảnh lệnh chuyển, tới ngày kia chưa thấy thì nhắn lại em nhé.",
            ),
        ),
    ),
    DemoConversation(
        name="Trần Bảo Châu",
        platform="instagram",
        sender="17841906635520418",
        department=CUSTOMER_SERVICE,
        state="waiting",
        age_minutes=240,
        turns=(
            customer(0, "shop giao nhầm màu r 😭 em đặt trắng mà ra màu nâu"),
            staff(
                5,
                "Trời em xin lỗi chị nhiều ạ 🙏 Em Lan bên Sao Mai đây. Nồi chị đã cắm điện nấu "
                "thử chưa, để em cho người mang cái trắng qua đổi liền ạ?",
            ),
            customer(9, "chưa, còn nguyên trong hộp"),
            staff(4, "Dạ em xếp được chiều nay hoặc sáng mai, đổi tại nhà. Chị rảnh buổi nào ạ?"),
        ),
    ),
    DemoConversation(
        name="Sofia Lindqvist",
        platform="instagram",
        sender="17842277194036851",
        department=CUSTOMER_SERVICE,
        state="waiting",
        age_minutes=415,
        turns=(
            customer(
                0,
                "Hello, my air fryer stopped heating after 8 months. Is it still under warranty? "
                "I lost the paper receipt, sorry.",
            ),
            staff(
                6,
                "Hi Sofia, this is Lan from Sao Mai. No worries, we can find it by phone number. "
                "SM-A6 is covered for 12 months, so the repair is free.",
            ),
            customer(12, "Amazing! Can you pick it up in Thảo Điền?"),
            staff(
                5,
                "Of course. Tomorrow between 9 and 11 am works for our driver. Could you send me "
                "the building name and the number you ordered with?",
            ),
        ),
    ),
    DemoConversation(
        name="Nghiêm Xuân Bách",
        platform="messenger",
        sender="6207745139980326",
        department=CUSTOMER_SERVICE,
        state="waiting",
        age_minutes=880,
        turns=(
            customer(0, "quat dung bi gay canh roi co bao hanh ko shop"),
            staff(
                7,
                "Dạ em là Lan bên Sao Mai ạ. Cánh gãy do va đập thì không nằm trong bảo hành, "
                "nhưng em có cánh rời 60.000đ, tự gắn được. Anh chụp giúp em tem dưới đế quạt nhé?",
            ),
        ),
    ),
)
