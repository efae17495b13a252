/* global uPlot */
// Draws the charts of a page over their still pictures, to be looked into with a pointer. Inlined by page.ts.
;(() => {
  const { units, range, marks } = JSON.parse(document.getElementById('data').textContent)
  const colour = (name) => () => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
  const dashes = { stable: [6, 4], seen: [2, 2], long: [12, 3] }
  const height = 170
  // Of a short run the minute says too little.
  const clock = range[1] - range[0] < 600 ? '{HH}:{mm}:{ss}' : '{HH}:{mm}'
  const plots = []

  const text = (value, unit) => (value == null ? '–' : `${Number(value.toPrecision(4))}${unit && ` ${unit}`}`)

  function lines(plot, chart, own) {
    const { ctx } = plot
    const { left, top, width, height: high } = plot.bbox
    const across = (value, name) => {
      const y = plot.valToPos(value, 'y', true)
      stroke(ctx, colour('limit')(), 1.5, [1.5, 3], [left, y], [left + width, y])
      ctx.fillStyle = colour('limit')()
      ctx.textAlign = 'right'
      ctx.fillText(name, left + width, y - 4 * devicePixelRatio)
    }
    ctx.save()
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`
    for (const { name, value } of chart.limits) if (value <= chart.top) across(value, name)
    let free = 0
    for (const { at, sign, seq, kind } of own) {
      const x = plot.valToPos(at / 1000, 'x', true)
      stroke(ctx, colour(kind === 'bad' ? 'bad' : 'dim')(), 1, kind === 'bad' ? [] : [3, 2], [x, top], [x, top + high])
      if (x < free) continue
      free = x + 34 * devicePixelRatio
      ctx.fillStyle = colour('dim')()
      ctx.textAlign = 'center'
      ctx.fillText(`${sign}${seq}`, x, top - 4 * devicePixelRatio)
    }
    ctx.restore()
  }

  function stroke(ctx, style, width, dash, from, to) {
    ctx.strokeStyle = style
    ctx.lineWidth = width * devicePixelRatio
    ctx.setLineDash(dash.map((part) => part * devicePixelRatio))
    ctx.beginPath()
    ctx.moveTo(...from)
    ctx.lineTo(...to)
    ctx.stroke()
  }

  const seriesOf = (chart) => (line) => ({
    label: line.name,
    stroke: colour(line.side),
    width: line.look === 'main' && line.side !== 'seen' ? 2 : 1,
    dash: dashes[line.look] ?? dashes[line.side] ?? [],
    ...(line.steps && { paths: uPlot.paths.stepped({ align: 1 }) }),
    points: { show: false },
    value: (_, value) => text(value, chart.unit),
  })

  const axis = { stroke: colour('dim'), grid: { stroke: colour('edge'), width: 1 }, ticks: { show: false } }

  for (const { unit, times, charts } of units) {
    const own = marks.filter((mark) => mark.units.includes(unit))
    for (const chart of charts) {
      if (chart.empty !== null) continue
      const place = document.querySelector(`[data-unit="${CSS.escape(unit)}"][data-chart="${CSS.escape(chart.id)}"]`)
      const plot = new uPlot(
        {
          width: place.clientWidth,
          height,
          padding: [18, 24, 0, 0],
          tzDate: (at) => uPlot.tzDate(new Date(at * 1000), 'Etc/UTC'),
          cursor: { sync: { key: unit }, drag: { x: false, y: false } },
          scales: { x: { time: true, range: () => range }, y: { range: () => [0, chart.top] } },
          axes: [
            { ...axis, size: 28, values: clock, grid: { show: false } },
            { ...axis, size: 48, values: (_, all) => all.map((value) => text(value, '')) },
          ],
          series: [{ label: 'at', value: '{HH}:{mm}:{ss}' }, ...chart.lines.map(seriesOf(chart))],
          hooks: { draw: [(self) => lines(self, chart, own)] },
        },
        [times, ...chart.lines.map(({ values }) => values)],
        place,
      )
      place.classList.add('drawn')
      plots.push({ plot, place })
    }
  }

  addEventListener('resize', () => {
    for (const { plot, place } of plots) plot.setSize({ width: place.clientWidth, height })
  })
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const { plot } of plots) plot.redraw()
  })
  document.documentElement.dataset.drawn = String(plots.length)
})()
