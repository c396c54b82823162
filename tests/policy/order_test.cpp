// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/policy/order.hpp>

#include <type_traits>
#include <utility>

namespace {

using namespace trimtab;

constexpr seconds wait{120};
constexpr auto at = at_unix(1000);

constexpr order in(order_status status) {
  return {
      .status = status, .nonce = 7, .episode = 3, .deadline = at + wait, .current = {.expected = {.debt_by = -1.0}}};
}
constexpr order after(order o, receipt_kind kind, std::uint64_t nonce = 7) {
  return after_receipt(o, {kind, nonce, at}, wait);
}
constexpr bool same(const order& a, const order& b) {
  return a.status == b.status && a.nonce == b.nonce && a.deadline == b.deadline &&
         a.current.expected.debt_by == b.current.expected.debt_by && a.episode_open == b.episode_open;
}

static_assert(std::is_trivially_copyable_v<order>);
static_assert(noexcept(after_receipt(std::declval<order>(), std::declval<receipt>(), wait)));
static_assert(after(in(order_status::proposed), receipt_kind::sent).status == order_status::pending);
static_assert(after(in(order_status::proposed), receipt_kind::sent).deadline == at + wait);
static_assert(after(in(order_status::pending), receipt_kind::filled).status == order_status::filled);
static_assert(after(in(order_status::pending), receipt_kind::filled).nonce == 8);
static_assert(after(in(order_status::pending), receipt_kind::reverted).status == order_status::reverted);
static_assert(after(in(order_status::pending), receipt_kind::expired).status == order_status::expired);
static_assert(after(in(order_status::pending), receipt_kind::partially_filled).status == order_status::partial);

constexpr receipt_kind kinds[] = {receipt_kind::sent,      receipt_kind::partially_filled, receipt_kind::filled,
                                  receipt_kind::reverted,  receipt_kind::replaced,         receipt_kind::expired,
                                  receipt_kind::liquidated};
constexpr order_status statuses[] = {order_status::idle,    order_status::proposed, order_status::pending,
                                     order_status::partial, order_status::filled,   order_status::reverted,
                                     order_status::expired};

TEST(Order, AReceiptForAnotherNonceChangesNothing) {
  for (const auto status : statuses)
    for (const auto kind : kinds)
      for (const std::uint64_t nonce : {0ULL, 6ULL, 8ULL, ~0ULL})
        EXPECT_TRUE(same(after(in(status), kind, nonce), in(status)));
}

TEST(Order, AReceiptThatCannotFollowChangesNothing) {
  for (const auto status :
       {order_status::idle, order_status::partial, order_status::filled, order_status::reverted, order_status::expired})
    for (const auto kind : kinds) EXPECT_TRUE(same(after(in(status), kind), in(status)));
}

TEST(Order, SomebodyElsesLiquidationIsNotOurReceipt) {
  for (const auto status : statuses) EXPECT_TRUE(same(after(in(status), receipt_kind::liquidated), in(status)));
}

TEST(Order, AReplacementKeepsTheNonceAndAnEndTakesANewOne) {
  EXPECT_EQ(after(in(order_status::pending), receipt_kind::replaced).nonce, 7U);
  EXPECT_EQ(after(in(order_status::pending), receipt_kind::replaced).status, order_status::pending);
  for (const auto kind :
       {receipt_kind::partially_filled, receipt_kind::filled, receipt_kind::reverted, receipt_kind::expired})
    for (const auto status : {order_status::proposed, order_status::pending}) {
      const order o = after(in(status), kind);
      EXPECT_EQ(o.nonce, 8U);
      EXPECT_EQ(o.current.expected.debt_by, 0.0) << "nothing is expected any more";
      EXPECT_EQ(o.episode, 3U);
    }
}

TEST(Order, AFilledPieceLeavesTheEpisodeOpen) {
  order o = in(order_status::pending);
  o.current.more_to_come = true;
  EXPECT_EQ(after(o, receipt_kind::filled).status, order_status::partial);
  EXPECT_TRUE(after(o, receipt_kind::filled).episode_open);
  EXPECT_TRUE(after(in(order_status::pending), receipt_kind::partially_filled).episode_open);
}

TEST(Order, AnEpisodeStaysOpenUntilAFillWithNothingMoreToCome) {
  order o = in(order_status::pending);
  o.episode_open = true;
  for (const auto kind : {receipt_kind::sent, receipt_kind::replaced, receipt_kind::reverted, receipt_kind::expired})
    EXPECT_TRUE(after(o, kind).episode_open);
  EXPECT_FALSE(after(o, receipt_kind::filled).episode_open);
}

TEST(Order, AReplacementCountsOnceItIsToldAndNotBefore) {
  order o = in(order_status::pending);
  o.replacement = {.towards = direction::deleverage, .expected = {.debt_by = -2.0}};
  EXPECT_EQ(after(o, receipt_kind::sent).current.expected.debt_by, -1.0);
  EXPECT_EQ(after(o, receipt_kind::replaced).current.expected.debt_by, -2.0);
  EXPECT_EQ(after(o, receipt_kind::replaced).replacement.towards, direction::none);
  EXPECT_EQ(after(in(order_status::pending), receipt_kind::replaced).current.expected.debt_by, -1.0)
      << "the same trade with a higher fee";
}

TEST(Order, ALateFillOfTheNonceGivenUpCountsOnce) {
  for (const bool piece : {false, true}) {
    order o = in(order_status::pending);
    o.current.more_to_come = piece;
    o = after(o, receipt_kind::expired);
    const receipt late{receipt_kind::filled, 7, at};
    EXPECT_TRUE(fills(o, late));
    const order ended = after_receipt(o, late, wait);
    EXPECT_EQ(ended.status, piece ? order_status::partial : order_status::filled);
    EXPECT_EQ(ended.episode_open, piece);
    EXPECT_EQ(ended.nonce, 8U);
    EXPECT_FALSE(fills(ended, late));
    o.status = order_status::pending;  // the next trade is out already
    EXPECT_EQ(after_receipt(o, late, wait).status, order_status::pending);
    EXPECT_EQ(after_receipt(o, late, wait).nonce, 8U);
  }
  EXPECT_FALSE(fills(after(in(order_status::pending), receipt_kind::reverted), {receipt_kind::filled, 7, at}))
      << "a revert is certain";
}

TEST(Order, IsInFlightUntilItsDeadlineAndNotAfter) {
  const order o = in(order_status::pending);
  EXPECT_TRUE(o.in_flight(o.deadline));
  EXPECT_FALSE(o.in_flight(o.deadline + seconds{1}));
  EXPECT_FALSE(in(order_status::proposed).in_flight(at));
}

TEST(Order, ASenderWhoseClockIsSlowDoesNotShortenTheWait) {
  // The plan may still execute until the deadline it was proposed with.
  const order o = after_receipt(in(order_status::proposed), {receipt_kind::sent, 7, at - seconds{500}}, wait);
  EXPECT_GE(o.deadline, at + wait);
}

}  // namespace
