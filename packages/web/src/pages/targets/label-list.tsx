/** Labels as queries write them. */
export function LabelList({ labels }: { readonly labels: Readonly<Record<string, string>> }) {
  return (
    <span class="target-labels">
      {Object.entries(labels).map(([name, value]) => (
        <code key={name}>
          {name}="{value}"
        </code>
      ))}
    </span>
  )
}
