// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/record/data.hpp>
#include <trimtab/record/parts.hpp>
#include <trimtab/record/read.hpp>

#include "record/recorded.hpp"
#include <cstring>
#include <string>
#include <vector>

namespace tests {
struct band {
  double lower = 1.15, target = 1.25, upper = trimtab::infinity, emergency = 0.0, rearm = 0.0, rearm_above = 0.0;
};
}  // namespace tests
template <>
inline constexpr std::string_view trimtab::record::names<tests::band> =
    "drift_band: lower target upper emergency rearm rearm_above";

namespace {

using namespace trimtab;
using namespace trimtab::record;
using recorded::text_of;

const std::string band_text = text_of("band", tests::band{.lower = 1.2});

// What a changed text of a band is refused for, and where.
refusal refused(std::string_view text) {
  tests::band band{.target = 9.0};
  const auto e = from_text(text, "band", band);
  if (!e.ok()) {
    EXPECT_EQ(text_of("band", band), text_of("band", tests::band{.target = 9.0})) << "left as it was";
  }
  return e;
}
std::string with(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}
#define EXPECT_REFUSED(text, expected, where)         \
  do {                                                \
    const auto e = refused(text);                     \
    EXPECT_STREQ(name(e.why), name(fault::expected)); \
    EXPECT_EQ(e.line, std::size_t{where});            \
  } while (false)

TEST(RecordRead, NamesTheFaultAndItsLine) {
  EXPECT_TRUE(refused(band_text).ok());
  EXPECT_REFUSED("", version, 1);
  EXPECT_REFUSED(with(band_text, "record 1", "record 2"), version, 1);
  EXPECT_REFUSED(with(band_text, "trimtab", " trimtab"), version, 1);
  EXPECT_REFUSED(with(band_text, "\n", "\r\n"), version, 1);
  EXPECT_REFUSED("trimtab-record 1\n", missing_field, 2);
  EXPECT_REFUSED(with(band_text, "= drift_band", "= cooldown"), kind, 2);
  EXPECT_REFUSED(with(band_text, "band.lower = 1.2\n", ""), missing_field, 3);
  EXPECT_REFUSED(with(band_text, "band.lower", "band.lowest"), missing_field, 3);
  EXPECT_REFUSED(with(band_text, "band.lower", "band.extra = 1\nband.lower"), unknown_field, 3);
  EXPECT_REFUSED(with(band_text, "band.target", "band.lower = 1.2\nband.target"), duplicate_field, 4);
  EXPECT_REFUSED(with(band_text, "band.target = 1.25\nband.upper = inf\n", "band.upper = inf\nband.target = 1.25\n"),
                 unknown_field, 4);
  EXPECT_REFUSED(with(band_text, "band.lower = 1.2", "band.lower 1.2"), malformed, 3);
  EXPECT_REFUSED(with(band_text, "band.lower = 1.2", ""), malformed, 3);
  EXPECT_REFUSED(band_text.substr(0, band_text.size() - 1), malformed, 8);
  EXPECT_REFUSED(band_text + "\n", trailing, 9);
  EXPECT_REFUSED(band_text + "junk", trailing, 9);
  EXPECT_REFUSED(band_text + "band.more = 1\n", trailing, 9);
  EXPECT_REFUSED(band_text + "band.lower = 1.2\n", duplicate_field, 9);
  for (const char* bad :
       {"", "1.20", "+1.2", "1.2 ", " 1.2", "1,2", "12e-1", "nan", "NaN", "nan:7FF8000000000000", "0x1p0", "1.2#"})
    EXPECT_REFUSED(with(band_text, "lower = 1.2", std::string{"lower = "} + bad), value, 3);
  EXPECT_TRUE(refused(with(band_text, "lower = 1.2", "lower = nan:7ff8000000000001")).ok());
}

// Every text that is one byte away is refused, or is the text of another value.
TEST(RecordRead, NoChangedByteIsReadAsTheSameValue) {
  std::size_t refused_ones = 0, other = 0;
  for (std::size_t i = 0; i < band_text.size(); ++i)
    for (const char c : {'0', '7', ' ', '\n', 'x', '.', '=', '-', '\0'}) {
      std::string changed = band_text;
      if (changed[i] == c) continue;
      changed[i] = c;
      tests::band band{};
      if (!from_text(changed, "band", band).ok()) {
        ++refused_ones;
      } else {
        ASSERT_EQ(text_of("band", band), changed);
        ++other;
      }
    }
  EXPECT_GT(refused_ones, 1000U);
  EXPECT_GT(other, 10U);
  for (std::size_t length = 0; length < band_text.size(); ++length)
    EXPECT_FALSE(refused(band_text.substr(0, length)).ok());
}

TEST(RecordRead, ListsGoIntoTheCallersMemoryOrAreRefused) {
  const double prices[] = {2.0, 1.0, 3.0};
  const feed feeds[] = {{.reference = {2.0, at_unix(5)}}, {.reference = {3.0, at_unix(6)}}};
  const observation others[] = {{1.0, at_unix(1)}, {2.0, at_unix(2)}};
  feed with_others = feeds[1];
  with_others.others = others;
  const feed both[] = {feeds[0], with_others};
  snapshot<liquidity::constant_product> s;
  s.prices = oracle_prices<double>{prices};
  s.feeds = both;
  const auto text = text_of("s", s);
  std::size_t enough = 0;
  for (std::size_t room = 0; room < 600; ++room) {
    std::vector<std::byte> memory(room + 3);
    snapshot<liquidity::constant_product> read;
    // Odd places too: what is read is aligned by the reader.
    const auto e = from_text(text, "s", read, std::span{memory}.subspan(room % 3, room));
    if (!e.ok()) {
      ASSERT_EQ(e.why, fault::capacity);
      ASSERT_EQ(read.prices.size(), 0U);
      continue;
    }
    ASSERT_EQ(text_of("s", read), text);
    ASSERT_EQ(read.feeds[1].others[1].price, 2.0);
    ++enough;
  }
  EXPECT_GT(enough, 100U);
  EXPECT_LT(enough, 500U);
  std::vector<std::byte> memory(text.size());
  snapshot<liquidity::constant_product> read;
  EXPECT_EQ(from_text(with(text, "s.prices = 3", "s.prices = 18446744073709551615"), "s", read, memory).why,
            fault::capacity);
  EXPECT_EQ(from_text(with(text, "s.account = 0", "s.account = 9"), "s", read, memory).why, fault::capacity);
  EXPECT_EQ(from_text(with(text, "s.prices = 3", "s.prices = -1"), "s", read, memory).why, fault::value);
}

TEST(RecordRead, AnAccountWithAnAssetTwiceIsNone) {
  account<> a;
  a.add({.asset = asset_id{1}, .collateral = 1.0});
  a.add({.asset = asset_id{2}, .collateral = 2.0});
  account<> read;
  const auto text = text_of("a", a);
  EXPECT_TRUE(from_text(text, "a", read).ok());
  EXPECT_EQ(read.size(), 2U);
  EXPECT_EQ(from_text(with(text, "a.1.asset = 2", "a.1.asset = 1"), "a", read).why, fault::value);
}

TEST(RecordRead, AChoiceBeyondTheLastIsRefused) {
  liquidity::any_venue<liquidity::frictionless, liquidity::constant_price> v{liquidity::constant_price{}}, read;
  const auto text = text_of("v", v);
  ASSERT_TRUE(from_text(text, "v", read).ok());
  EXPECT_EQ(read.kind.index(), 1U);
  EXPECT_EQ(from_text(with(text, "choice = 1", "choice = 2"), "v", read).why, fault::value);
  EXPECT_EQ(from_text(with(text, "choice = 1", "choice = 0"), "v", read).why, fault::kind);
}

// Read as a value, it would be looked up in the tables of names that `explain` prints from.
TEST(RecordRead, ANumberThatIsNoEnumeratorIsRefused) {
  struct nothing {};
  decision<nothing> d, read;
  const auto text = text_of("d", d);
  EXPECT_EQ(from_text(with(text, "d.binding = none", "d.binding = 200"), "d", read).why, fault::value);
  EXPECT_EQ(from_text(with(text, "d.doubt = none", "d.doubt = 13"), "d", read).why, fault::value);
  EXPECT_EQ(from_text(with(text, "d.trade.mode = none", "d.trade.mode = 0"), "d", read).why, fault::value);
  d.binding = static_cast<sizing::limit>(200);
  EXPECT_EQ(from_text(text_of("d", d), "d", read).why, fault::value)
      << "written down as it is, and known for what it is";
}

}  // namespace
