// How a bucket of a series is called on the axis: in the operator's zone, whose days and hours the buckets are.

/** `14 Sep` or `9/14` for a day, `09:00` for an hour of one day, `14 Sep 09:00` for an hour of several. */
export function bucketLabels(
  starts: readonly number[],
  bucket: 'hour' | 'day',
  timeZone: string,
  language: string,
): readonly string[] {
  const day =
    language === 'en'
      ? new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone })
      : // Written out, Chinese days are too wide to stand below their bars.
        new Intl.DateTimeFormat(language, { day: 'numeric', month: 'numeric', timeZone })
  const hour = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone })
  const days = starts.map((start) => day.format(start))
  if (bucket === 'day') return days
  const isOneDay = days.every((each) => each === days[0])
  return starts.map((start, index) =>
    isOneDay ? hour.format(start) : `${days[index]} ${hour.format(start)}`,
  )
}
