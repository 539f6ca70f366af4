"""What a certificate says beside its facts, in the languages of the scheme; `{}` takes the fact."""

# ruff: noqa: RUF001  # Russian is written with letters that look like Latin ones

from typing import NamedTuple


class CertificateWords(NamedTuple):
    """The fixed texts of one language."""

    title: str
    covers: str
    parties: str
    holder: str
    holder_address: str
    websites: str
    body: str
    body_address: str
    certified: str
    system: str
    version: str
    purpose: str
    deployment: str
    languages: str
    tier: str
    grant: str
    number: str
    decision: str
    granted: str
    ends: str
    scheme: str
    scheme_version: str
    digest: str
    code: str
    meaning: str
    check: str
    check_steps: tuple[str, ...]
    no_standing: str
    preview: str
    undrawable: str
    symbol_alt: str
    logo_alt: str
    attachment: str
    page: str


WORDS = {
    "en": CertificateWords(
        title="Certificate of label {}",
        covers="This label covers version {} only. If yours shows another, the label says nothing about it.",
        parties="Holder and certification body",
        holder="Holder",
        holder_address="Address of the holder",
        websites="Websites of the holder",
        body="Certification body",
        body_address="Address of the body",
        certified="What was certified",
        system="System",
        version="Version",
        purpose="Purpose",
        deployment="Deployment",
        languages="Languages",
        tier="Risk tier",
        grant="The grant",
        number="Label number",
        decision="Decision",
        granted="Granted",
        ends="Ends at the latest",
        scheme="Scheme",
        scheme_version="{}, version {}",
        digest="Digest of the scheme",
        code="Edition of the Code",
        meaning="What the label means, and what it does not",
        check="How to check it",
        check_steps=(
            "Scan the code above, or open {0} and enter the number {1}. The address must begin with {0}.",
            "Compare product, version and holder on that page with this certificate and with the product itself.",
            (
                "Without a connection: the file “{2}” attached to this document holds the signed token. "
                "Any verifier checks it against the key set that {0} publishes."
            ),
            "This file is signed. A reader of PDF files shows whether it was changed since {3}.",
        ),
        no_standing="This certificate says what was issued. It cannot say whether the label still stands: "
        "only the register can.",
        preview="This is a preview: nothing has been decided, and no label has been issued.",
        undrawable="A square (□) stands for a character that this document has no letter for; the register shows it.",
        symbol_alt="The label. {} It carries a square code with the signed token and the address {}.",
        logo_alt="Image of the holder {}",
        attachment="The signed token of label {} (COSE_Sign1)",
        page="page {} of {}",
    ),
    "ru": CertificateWords(
        title="Сертификат знака соответствия {}",
        covers="Знак относится только к версии {}. Если у вас другая, знак ничего о ней не говорит.",
        parties="Держатель и орган по сертификации",
        holder="Держатель",
        holder_address="Адрес держателя",
        websites="Сайты держателя",
        body="Орган по сертификации",
        body_address="Адрес органа",
        certified="Что сертифицировано",
        system="Система",
        version="Версия",
        purpose="Назначение",
        deployment="Применение",
        languages="Языки",
        tier="Уровень риска",
        grant="Выдача",
        number="Номер знака",
        decision="Решение",
        granted="Выдан",
        ends="Окончание не позднее",
        scheme="Схема",
        scheme_version="{}, версия {}",
        digest="Дайджест схемы",
        code="Редакция Кодекса",
        meaning="Что знак означает и чего не означает",
        check="Как проверить",
        check_steps=(
            "Сканируйте код вверху или откройте {0} и введите номер {1}. Адрес должен начинаться с {0}.",
            "Сравните продукт, версию и держателя на этой странице с сертификатом и с самим продуктом.",
            (
                "Без связи: файл «{2}», вложенный в этот документ, содержит подписанный токен. "
                "Любая программа проверки сверит его с набором ключей, который публикует {0}."
            ),
            "Этот файл подписан. Программа просмотра PDF покажет, менялся ли он после {3}.",
        ),
        no_standing="Сертификат говорит о том, что было выдано. В силе ли знак сейчас, может сказать только реестр.",
        preview="Это образец: решения нет, и знак не выдан.",
        undrawable="Квадрат (□) стоит на месте символа, которого нет в шрифте документа; реестр показывает его.",
        symbol_alt="Знак. {} На нём квадратный код с подписанным токеном и адресом {}.",
        logo_alt="Изображение держателя {}",
        attachment="Подписанный токен знака {} (COSE_Sign1)",
        page="страница {} из {}",
    ),
}
