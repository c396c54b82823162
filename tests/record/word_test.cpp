// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/oracle/concept.hpp>
#include <trimtab/record/data.hpp>
#include <trimtab/record/word.hpp>
#include <trimtab/simulate/counter_random.hpp>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

namespace {

using namespace trimtab;
using record::detail::word;

template <class T>
std::string text(const T& x) {
  word w;
  record::detail::put(w, x);
  return std::string{w.view()};
}
template <class T>
bool reads(std::string_view s, T& x) {
  return record::detail::parse(s, x);
}
template <class T>
T back(const T& x) {
  T read{};
  EXPECT_TRUE(reads(text(x), read)) << text(x);
  return read;
}
std::uint64_t bits(double x) {
  return std::bit_cast<std::uint64_t>(x);
}

TEST(RecordWord, AnyPatternOfBitsIsADoubleThatReadsBack) {
  const simulate::counter_random random{.seed = 7};
  std::size_t nans = 0, tiny = 0;
  for (std::uint64_t i = 0; i < 200'000; ++i) {
    // A third of them near the ends of the exponent: subnormal, infinite, no number.
    std::uint64_t pattern = random.bits(i);
    if (i % 3 == 1) pattern |= 0x7ff0'0000'0000'0000U;
    if (i % 3 == 2) pattern &= 0x800f'ffff'ffff'ffffU;
    const auto x = std::bit_cast<double>(pattern);
    ASSERT_EQ(bits(back(x)), pattern) << text(x);
    nans += x != x ? 1U : 0U;
    tiny += std::fpclassify(x) == FP_SUBNORMAL ? 1U : 0U;
    // The C library's reading of the same text, as a second opinion.
    if (x == x) {
      ASSERT_EQ(bits(std::strtod(text(x).c_str(), nullptr)), pattern);
    }
  }
  EXPECT_GT(nans, 60'000U);
  EXPECT_GT(tiny, 60'000U);
}

TEST(RecordWord, TheEdgesOfADouble) {
  constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(text(1.25), "1.25");
  EXPECT_EQ(text(-0.0), "-0");
  EXPECT_EQ(text(0.1), "0.1");
  EXPECT_EQ(text(inf), "inf");
  EXPECT_EQ(text(-inf), "-inf");
  EXPECT_EQ(text(nan), "nan:7ff8000000000000");
  for (const double x : {0.0, -0.0, inf, -inf, nan, -nan, 5e-324, std::numeric_limits<double>::min(),
                         std::numeric_limits<double>::max(), 1e22, 1e23, 9007199254740993.0})
    EXPECT_EQ(bits(back(x)), bits(x));
  double x = 3.0;
  for (const char* bad : {"", "1.0x", "nan", "nan:", "nan:3ff0000000000000", "nan:7ff0000000000000",
                          "nan:7ff80000000000001", "1e999999", "--1", "0x10", " 1", "one"}) {
    double read = 0.0;
    word again;
    // What is read but not written so is refused by the reader, which writes it again.
    EXPECT_TRUE(!reads(bad, read) || (record::detail::put(again, read), again.view() != bad)) << bad << x;
  }
}

TEST(RecordWord, IntegersTimesAndAmounts) {
  EXPECT_EQ(text(at_unix(1'700'000'000)), "1700000000");
  EXPECT_EQ(text(never), "never");
  EXPECT_EQ(back(never), never);
  EXPECT_EQ(back(forever), forever);
  timestamp moment{};
  for (const timestamp beyond : {timestamp::max(), timestamp::min(), forever + seconds{1}, never - seconds{1}})
    EXPECT_FALSE(reads(text(beyond), moment)) << "no moment that a caller brings";
  EXPECT_EQ(text(seconds{-5}), "-5");
  EXPECT_EQ(text(units{}), "0x0");
  EXPECT_EQ(text(units{255}), "0xff");
  EXPECT_EQ(text(units::from_words(1, 2)), "0x10000000000000002");
  EXPECT_EQ(text(std::uint8_t{200}), "200");
  EXPECT_EQ(text(true), "yes");
  std::uint8_t byte = 0;
  EXPECT_FALSE(reads("256", byte));
  EXPECT_FALSE(reads("-1", byte));
  units amount{};
  EXPECT_FALSE(reads("ff", amount));
  EXPECT_FALSE(reads("0x", amount));
  EXPECT_FALSE(reads("0x123456789012345678901234567890123", amount)) << "33 digits";
  EXPECT_FALSE(reads("0xg", amount));
  bool flag = false;
  EXPECT_FALSE(reads("true", flag));
  const simulate::counter_random random{.seed = 8};
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const auto shift = static_cast<unsigned>(random.bits(5 * i) % 64);
    const std::uint64_t a = random.bits(5 * i + 1) >> shift, b = random.bits(5 * i + 2),
                        c = random.bits(5 * i + 3) >> shift;
    const units u = units::from_words(i % 3 == 0 ? 0 : a, b);
    ASSERT_EQ(back(u), u) << text(u);
    const uint256 n = uint256::from_words(i % 2 == 0 ? 0 : a, i % 3 == 0 ? 0 : c, b, c);
    ASSERT_EQ(back(n), n) << text(n);
    ASSERT_EQ(text(uint256::from_words(0, 0, u.high(), u.low())), text(u)) << "one spelling of an amount";
    const auto t = at_unix(static_cast<long long>(a >> 4) - static_cast<long long>(c >> 4));
    ASSERT_EQ(back(t), t);
  }
}

TEST(RecordWord, EnumeratorsByTheirOwnNames) {
  std::size_t seen = 0;
  const auto all = [&]<class T>(T) {
    const std::size_t count = record::detail::words_of<T>.size();
    for (std::size_t i = 0; i < count; ++i, ++seen) {
      const auto x = static_cast<T>(i);
      EXPECT_EQ(text(x), name(x));
      EXPECT_EQ(back(x), x);
    }
    const auto beyond = static_cast<T>(count);
    EXPECT_EQ(text(beyond), std::to_string(count)) << "what is no enumerator is shown by its number";
    T read{};
    EXPECT_FALSE(reads(text(beyond), read)) << "and is not read: nobody looks it up in a table";
    EXPECT_FALSE(reads("nonsense", read));
    EXPECT_FALSE(reads("256", read)) << "more than the type holds";
  };
  all(errc::ok), all(doubt::none), all(sizing::limit::none), all(action::swap), all(quantity::exact),
      all(verdict::hold);
  EXPECT_GT(seen, 80U);
  // The last enumerator of each list has the last name.
  EXPECT_EQ(text(errc::corrupted), record::detail::words_of<errc>.back());
  EXPECT_EQ(text(doubt::next_price), record::detail::words_of<doubt>.back());
  EXPECT_EQ(text(sizing::limit::category), record::detail::words_of<sizing::limit>.back());
  EXPECT_EQ(text(trust::both_bad), "both_bad");
  EXPECT_EQ(text(direction::leverage), "leverage");
  EXPECT_EQ(text(order_status::expired), "expired");
  EXPECT_EQ(text(receipt_kind::liquidated), "liquidated");
  EXPECT_EQ(text(sizing::funding_mode::flash_collateral), "flash_collateral");
}

}  // namespace
