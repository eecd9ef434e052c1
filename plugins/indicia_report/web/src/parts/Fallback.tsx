/** If a view fails, the page shows what Python wrote for readers without script. */
import { Component, type ComponentChildren } from "preact";

let fixed: HTMLElement | null = null;

/** Remember the part of the page that is shown if a view fails. */
export function keepStatic(element: HTMLElement | null): void {
  fixed = element;
}

interface Props {
  readonly children: ComponentChildren;
  readonly message: string;
  /** An error is forgotten when this changes: another view may work. */
  readonly address: string;
}

export class Fallback extends Component<Props, { failed: string | null }> {
  override state = { failed: null as string | null };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    if (fixed) document.getElementById("app")?.after(fixed);
    this.setState({ failed: this.props.address });
  }

  override componentDidUpdate(): void {
    if (this.state.failed !== null && this.state.failed !== this.props.address) {
      fixed?.remove();
      this.setState({ failed: null });
    }
  }

  override render({ children, message }: Props): ComponentChildren {
    return this.state.failed === null ? children : <p role="alert">{message}</p>;
  }
}
